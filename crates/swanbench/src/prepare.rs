//! An experiment with all that its runs need, found wanting before anything is trained or written.

use std::path::Path;

use anyhow::Context;
use swanbench_core::Weights;
use swanbench_data::{DataDirs, DataError, Dataset, RawDataset, fetch, lookup, vocabulary_for};
use swanbench_spec::Experiment;
use swanbench_torch::Device;

use crate::{
    arguments::ExperimentInput,
    build,
    download::DownloadBar,
    exit::{ExitCodeExt, Failure},
    title::title,
    vocabulary::vocabulary,
};

/// A checked experiment with its dataset.
pub struct Prepared {
    pub experiment: Experiment,
    /// What the models start from, where that is not random.
    pub weights: Option<Weights>,
    /// The checksum of the data's content.
    pub data_revision: String,
    raw: RawDataset,
    /// Split, in the host's memory.
    data: Dataset,
}

impl Prepared {
    /// Reads the experiment and its data, and lays out every model that it asks for.
    pub fn load(file: &Path, input: &ExperimentInput) -> Result<Self, Failure> {
        let dirs = DataDirs::from_environment(input.data_dir.clone());
        let mut vocabulary = vocabulary();
        // Ids depend on the data's content. The first reading tells which dataset it is, and finds
        // what is wrong with the file before any data is touched.
        let unread = Experiment::load(file, &input.set, &vocabulary).bad_input()?;
        let dataset = lookup(&unread.data.kind).bad_input()?;
        fetch(dataset, &dirs, &mut DownloadBar::new()).bad_input()?;
        vocabulary.datasets = vocabulary_for(&unread.data.kind, &dirs).bad_input()?;
        let experiment = Experiment::load(file, &input.set, &vocabulary).bad_input()?;
        let raw = dataset.load(&experiment.data, &dirs).bad_input()?;
        let given = experiment.runs[0].weights.as_ref();
        let weights = given.map(|given| Weights::read(&given.file)).transpose().bad_input()?;
        let kind = vocabulary.datasets.iter().find(|kind| kind.name == experiment.data.kind);
        let data_revision = kind.map(|kind| kind.revision.clone()).unwrap_or_default();
        // On the CPU: whether the split is possible does not depend on the device.
        let data = split(&raw, &experiment, Device::Cpu)?;
        let prepared = Self { experiment, weights, data_revision, raw, data };
        let data = &prepared.data;
        for (phase, task) in prepared.experiment.phases.iter().enumerate() {
            if let Err(DataError::Task { field, message, expected }) = data.check_task(task) {
                return Err(prepared.experiment.refuse_phase(
                    (file, &input.set),
                    (phase, field),
                    &message,
                    &expected,
                ))
                .bad_input();
            }
        }
        for run in &prepared.experiment.runs {
            let width = run.model_width * run.width;
            let model = build::model(&run.model, data.shape, data.classes, width).bad_input()?;
            if let Some(weights) = &prepared.weights {
                weights
                    .check(model.map())
                    .with_context(|| format!("cannot start {}", title(run)))
                    .bad_input()?;
            }
            let least = build::method(run).bad_input()?.capabilities().min_target(model.map());
            if let Some(target) = run.target.filter(|&target| target < least) {
                let message = format!(
                    "{target} is less than one unit per site of `{}` for `{}`",
                    run.model.kind, run.label
                );
                let expected = format!("at least {least:.4}");
                let experiment = &prepared.experiment;
                return Err(experiment.refuse_target(
                    (file, &input.set),
                    target,
                    &message,
                    &expected,
                ))
                .bad_input();
            }
        }
        Ok(prepared)
    }

    /// The data, split, on a device: on the CPU those of all callers are in the same memory.
    pub fn data(&self, device: Device) -> Result<Dataset, Failure> {
        match device {
            Device::Cpu => Ok(self.data.share()),
            _ => split(&self.raw, &self.experiment, device),
        }
    }

    /// The experiment's text, with what the command line changed as comments below.
    pub fn text(&self, input: &ExperimentInput) -> String {
        let changed = input.set.iter().map(|change| format!("# --set {}\n", change.text()));
        self.experiment.text.clone() + &changed.collect::<String>()
    }
}

/// The data of an experiment, as all its runs take them.
fn split(raw: &RawDataset, experiment: &Experiment, device: Device) -> Result<Dataset, Failure> {
    let fields = &experiment.runs[0].data_options;
    Dataset::prepare(raw, fields.validation, fields.limit, device).bad_input()
}
