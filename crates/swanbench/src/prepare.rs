//! Preparation of an experiment: all that its runs need, checked before anything is trained.

use std::{collections::HashMap, path::Path};

use anyhow::Context;
use swanbench_core::{TrainSchedule, Weights};
use swanbench_data::{DataDirs, DataError, Dataset, RawDataset, fetch, lookup};
use swanbench_results::Unreachable;
use swanbench_spec::{Draft, Experiment, RunSpec, Task};
use swanbench_torch::Device;

use crate::{
    arguments::ExperimentInput,
    components::{self, RunModels},
    download::DownloadBar,
    exit::{CommandError, ExitCodeExt},
    title::title,
    vocabulary::vocabulary,
};

/// A checked experiment with its dataset.
pub struct Prepared {
    /// With the runs that can meet their targets.
    pub experiment: Experiment,
    /// The cells that cannot: they are not trained.
    pub unreachable: Vec<Unreachable>,
    /// What the models start from; random weights if `None`.
    pub weights: Option<Weights>,
    /// The checksum of the data's content.
    pub data_revision: String,
    raw: RawDataset,
    /// Split, in the host's memory.
    data: Dataset,
}

impl Prepared {
    /// Reads the experiment, fetches and loads its data, and checks every run with them.
    pub fn load(file: &Path, input: &ExperimentInput) -> Result<Self, CommandError> {
        let dirs = DataDirs::from_environment(input.data_dir.clone());
        let draft = Draft::load(file, &input.set, &vocabulary()).bad_input()?;
        let dataset = lookup(&draft.data().kind).bad_input()?;
        fetch(dataset, &dirs, &mut DownloadBar::new()).bad_input()?;
        let data_revision = dataset.checksum(&dirs).bad_input()?;
        let experiment = draft.resolve(&data_revision);
        let raw = dataset.load(&experiment.data, &dirs).bad_input()?;
        let weights = experiment.runs[0].weights.as_ref();
        let weights = weights.map(|given| Weights::read(&given.file)).transpose().bad_input()?;
        // On the CPU: whether the split is possible does not depend on the device.
        let data = split(&raw, &experiment, Device::Cpu)?;
        let unreachable = Vec::new();
        let mut prepared = Self { experiment, unreachable, weights, data_revision, raw, data };
        prepared.check_data(&draft)?;
        prepared.set_unreachable_aside(&draft)?;
        Ok(prepared)
    }

    /// Returns the data, split, on a device: on the CPU all callers share the same memory.
    pub fn data(&self, device: Device) -> Result<Dataset, CommandError> {
        match device {
            Device::Cpu => Ok(self.data.share()),
            _ => split(&self.raw, &self.experiment, device),
        }
    }

    /// Returns the number of classes.
    pub fn classes(&self) -> u64 {
        self.data.classes as u64
    }

    /// Returns the number of test examples.
    pub fn test_examples(&self) -> u64 {
        self.data.test.len() as u64
    }

    /// Returns the experiment's text, with what the command line changed as comments below.
    pub fn text(&self, input: &ExperimentInput) -> String {
        let mut text = self.experiment.text.clone();
        if !input.set.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let comment = |text: &str| format!("# --set {}\n", text.replace('\n', "\n# "));
        let comments: Vec<String> = input.set.iter().map(|change| comment(change.text())).collect();
        text + &comments.concat()
    }

    /// Checks that the data allow their augmentation and every task.
    fn check_data(&self, draft: &Draft) -> Result<(), CommandError> {
        let padding = i64::from(self.experiment.runs[0].data_options.crop_padding);
        let [_, rows, columns] = self.data.shape;
        if padding >= rows.min(columns) {
            let message = format!("images have {rows} x {columns} pixels, which crops would miss");
            let expected = format!("below {}", rows.min(columns));
            return Err(draft.error_at("data.crop_padding", &message, &expected)).bad_input();
        }
        for (index, task) in self.experiment.phases.iter().enumerate() {
            if let Err(DataError::Task { field, message, expected }) = self.data.check_task(task) {
                let field = format!("phases[{index}].{field}");
                return Err(draft.error_at(&field, &message, &expected)).bad_input();
            }
        }
        Ok(())
    }

    /// Builds a run's network, checks that it can be trained as the run says and that given weights
    /// fit, and returns the least target that it could be held to.
    fn check_run(&self, run: &RunSpec, draft: &Draft) -> Result<f64, CommandError> {
        let RunModels { model, least_target, .. } =
            components::models(run, self.data.shape, self.data.classes).bad_input()?;
        self.check_schedule(run, draft)?;
        self.check_sources(run, draft)?;
        if !model.map().norms.is_empty() {
            self.check_batches(run, draft)?;
        }
        if let Some(weights) = &self.weights {
            weights
                .check(model.map())
                .with_context(|| format!("cannot start {}", title(run)))
                .bad_input()?;
        }
        Ok(least_target)
    }

    /// Checks that the settings of the run's method make sense for the length of its training.
    fn check_schedule(&self, run: &RunSpec, draft: &Draft) -> Result<(), CommandError> {
        let recovers = components::method(run).bad_input()?.capabilities().recovers;
        let recovery_epochs = if recovers { run.train.recovery_epochs } else { 0 };
        let first = self.experiment.phases.first().cloned().unwrap_or_default();
        let examples = self.data.train_examples(&first).bad_input()? as u64;
        let schedule = TrainSchedule {
            training_epochs: run.train.epochs - recovery_epochs,
            recovery_epochs,
            steps_per_epoch: examples.div_ceil(run.train.batch_size.into()),
            later_tasks: run.phases.len().saturating_sub(1),
        };
        components::check_schedule(run, &schedule).or_else(|reason| {
            let message = format!("`{}` cannot be trained so: {reason}", run.method.kind);
            let expected = "other settings, or other epochs and batch size";
            Err(draft.error_at(&self.field_of(run), &message, expected)).bad_input()
        })
    }

    /// Checks that the runs whose shares of units a run takes have such shares.
    fn check_sources(&self, run: &RunSpec, draft: &Draft) -> Result<(), CommandError> {
        for source in self.experiment.runs.iter().filter(|one| run.sources.contains(&one.id)) {
            let method = components::method(source).bad_input()?;
            let message = if !method.capabilities().closes_units {
                format!("`{}` closes no units, so that it has no shares to take", source.label)
            } else if run.target == Some(1.0) {
                "a target of 1 allows all units, whatever the shares".to_owned()
            } else {
                continue;
            };
            let expected = "an entry that closes units, and targets below 1";
            return Err(draft.error_at(&self.field_of(run), &message, expected)).bad_input();
        }
        Ok(())
    }

    /// Returns the field of the entry that a run belongs to.
    fn field_of(&self, run: &RunSpec) -> String {
        let entry = self.experiment.labels.iter().position(|label| *label == run.label);
        format!("methods[{}]", entry.unwrap_or_default())
    }

    /// Checks that no batch has a single example, of which normalisations have no variance.
    fn check_batches(&self, run: &RunSpec, draft: &Draft) -> Result<(), CommandError> {
        let size = i64::from(run.train.batch_size);
        let first = [Task::default()];
        let tasks = if run.phases.is_empty() { &first } else { run.phases.as_slice() };
        for task in tasks {
            let examples = self.data.train_examples(task).bad_input()?;
            if size == 1 || examples % size == 1 {
                let message = format!(
                    "of {examples} training examples one is a batch of its own, of which batch \
                     normalisation has no variance"
                );
                let expected = "a size that leaves no single example";
                return Err(draft.error_at("train.batch_size", &message, expected)).bad_input();
            }
        }
        Ok(())
    }

    /// Checks all runs, and takes those out that cannot be held to their targets.
    ///
    /// Returns an error if none is left.
    fn set_unreachable_aside(&mut self, draft: &Draft) -> Result<(), CommandError> {
        let mut least = HashMap::new();
        for run in &self.experiment.runs {
            least.insert(run.id.clone(), self.check_run(run, draft)?);
        }
        let alone = |run: &RunSpec| run.target.is_some_and(|target| target < least[&run.id]);
        let without: Vec<String> = self
            .experiment
            .runs
            .iter()
            .filter(|run| alone(run))
            .map(|run| run.id.clone())
            .collect();
        // Without its source a run cannot be trained either.
        let is_out =
            |run: &RunSpec| alone(run) || run.sources.iter().any(|id| without.contains(id));
        let (out, kept) = std::mem::take(&mut self.experiment.runs).into_iter().partition(is_out);
        self.experiment.runs = kept;
        for run in out as Vec<RunSpec> {
            let needed = run.sources.iter().chain([&run.id]).map(|id| least[id]);
            let least = needed.fold(0.0, f64::max);
            let cell = Unreachable { label: run.label, target: run.target.unwrap_or(1.0), least };
            if !self.unreachable.contains(&cell) {
                self.unreachable.push(cell);
            }
        }
        let Some(Unreachable { label, least, .. }) = self.unreachable.first() else {
            return Ok(());
        };
        if !self.experiment.runs.is_empty() {
            return Ok(());
        }
        let message = format!("no method can be held to these targets on `{}`", self.model_name());
        // Rounded up, so that what is said is enough.
        let least = (least * 1e4).ceil() / 1e4;
        let expected = match least {
            least if least > 1.0 => format!("another model, on which `{label}` costs less"),
            least => format!("at least {least} for `{label}`"),
        };
        Err(draft.error_at("targets", &message, &expected)).bad_input()
    }

    fn model_name(&self) -> &str {
        &self.experiment.model.kind
    }
}

/// Splits the data of an experiment, as all its runs take them.
fn split(
    raw: &RawDataset,
    experiment: &Experiment,
    device: Device,
) -> Result<Dataset, CommandError> {
    let options = &experiment.runs[0].data_options;
    Dataset::prepare(raw, options.validation, options.limit, device).bad_input()
}
