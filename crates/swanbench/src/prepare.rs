//! Preparation of an experiment: all that its runs need, checked before anything is trained.

mod checks;

use std::{collections::HashMap, path::Path};

use swanbench_core::Weights;
use swanbench_data::{DataDirs, Dataset, RawDataset, fetch, lookup};
use swanbench_results::Unreachable;
use swanbench_spec::{Draft, Experiment, RunSpec};
use swanbench_torch::Device;

use crate::{
    arguments::{DataPlace, ExperimentInput},
    download::DownloadBar,
    exit::{CommandError, ExitCodeExt},
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
        prepared.check_claims(&draft)?;
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

    /// Returns the number of classes of all tasks.
    pub fn classes(&self) -> u64 {
        self.data.classes as u64
    }

    /// Returns the number of test examples of the last task.
    pub fn test_examples(&self) -> u64 {
        let last = self.experiment.phases.last().cloned().unwrap_or_default();
        self.data.test_examples(&last).expect("every task was checked") as u64
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

    /// Checks all runs, and takes those out that cannot be held to their targets.
    ///
    /// Returns an error if none is left.
    fn set_unreachable_aside(&mut self, draft: &Draft) -> Result<(), CommandError> {
        let (mut least, mut of_cells) = (HashMap::new(), HashMap::new());
        for run in &self.experiment.runs {
            // Seeds change no network.
            let cell = (run.label.as_str(), run.target.map(f64::to_bits));
            let of_cell = match of_cells.get(&cell) {
                Some(of_cell) => *of_cell,
                None => *of_cells.entry(cell).or_insert(self.check_run(run, draft)?),
            };
            least.insert(run.id.clone(), of_cell);
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

/// Fetches and prepares the data of a run, on the CPU.
pub fn data_of(run: &RunSpec, place: &DataPlace) -> Result<Dataset, CommandError> {
    data_on(run, place.data_dir.as_deref(), Device::Cpu)
}

/// Fetches the data of a run, looking in `folder` first, and prepares them on a device.
pub fn data_on(
    run: &RunSpec,
    folder: Option<&Path>,
    device: Device,
) -> Result<Dataset, CommandError> {
    let dirs = DataDirs::from_environment(folder.map(Path::to_path_buf));
    let dataset = lookup(&run.data.kind).bad_input()?;
    fetch(dataset, &dirs, &mut DownloadBar::new()).bad_input()?;
    let raw = dataset.load(&run.data, &dirs).bad_input()?;
    let options = &run.data_options;
    Dataset::prepare(&raw, options.validation, options.limit, device).bad_input()
}
