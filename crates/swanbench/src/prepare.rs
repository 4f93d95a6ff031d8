//! Preparation of an experiment: all that its runs need, checked before anything is trained.

use std::path::Path;

use anyhow::Context;
use swanbench_core::Weights;
use swanbench_data::{DataDirs, DataError, Dataset, RawDataset, fetch, lookup};
use swanbench_spec::{Draft, Experiment, RunSpec};
use swanbench_torch::Device;

use crate::{
    arguments::ExperimentInput,
    components,
    download::DownloadBar,
    exit::{CommandError, ExitCodeExt},
    title::title,
    vocabulary::vocabulary,
};

/// A checked experiment with its dataset.
pub struct Prepared {
    pub experiment: Experiment,
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
        let prepared = Self { experiment, weights, data_revision, raw, data };
        prepared.check_tasks(&draft)?;
        for run in &prepared.experiment.runs {
            prepared.check_run(run, &draft)?;
        }
        Ok(prepared)
    }

    /// Returns the data, split, on a device: on the CPU all callers share the same memory.
    pub fn data(&self, device: Device) -> Result<Dataset, CommandError> {
        match device {
            Device::Cpu => Ok(self.data.share()),
            _ => split(&self.raw, &self.experiment, device),
        }
    }

    /// Returns the experiment's text, with what the command line changed as comments below.
    pub fn text(&self, input: &ExperimentInput) -> String {
        let changed = input.set.iter().map(|change| format!("# --set {}\n", change.text()));
        self.experiment.text.clone() + &changed.collect::<String>()
    }

    /// Checks that the data allow every task.
    fn check_tasks(&self, draft: &Draft) -> Result<(), CommandError> {
        for (index, task) in self.experiment.phases.iter().enumerate() {
            if let Err(DataError::Task { field, message, expected }) = self.data.check_task(task) {
                let field = format!("phases[{index}].{field}");
                return Err(draft.error_at(&field, &message, &expected)).bad_input();
            }
        }
        Ok(())
    }

    /// Builds a run's network, and checks that given weights fit and that its target can be met.
    fn check_run(&self, run: &RunSpec, draft: &Draft) -> Result<(), CommandError> {
        let Self { experiment, data, .. } = self;
        let width = run.model_width * run.width;
        let model = components::model(&run.model, data.shape, data.classes, width).bad_input()?;
        if let Some(weights) = &self.weights {
            weights
                .check(model.map())
                .with_context(|| format!("cannot start {}", title(run)))
                .bad_input()?;
        }
        let least = components::method(run).bad_input()?.capabilities().min_target(model.map());
        let Some(target) = run.target.filter(|&target| target < least) else { return Ok(()) };
        let index = experiment.targets.iter().position(|&written| written == target);
        let field = format!("targets[{}]", index.unwrap_or_default());
        let message = format!(
            "{target} is less than one unit per site of `{}` for `{}`",
            run.model.kind, run.label
        );
        Err(draft.error_at(&field, &message, &format!("at least {least:.4}"))).bad_input()
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
