//! Trains one run and tells how its training ended.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
};

use anyhow::anyhow;
use swanbench_core::Weights;
use swanbench_data::Dataset;
use swanbench_results::Store;
use swanbench_spec::{RunRecord, RunSpec};
use swanbench_train::{Checkpoint, Observer, TrainError, TrainInput, train};

use super::devices::DeviceSlot;
use crate::components::{self, RunModels};

/// How the training of a run ended.
pub enum TrainingEnd {
    Done(RunRecord),
    /// The observer stopped it, after a checkpoint.
    Interrupted,
    /// With the reason: the error and its causes in one line.
    Failed(String),
}

/// Trains a run on all its data. A panic, as of libtorch, fails only this run.
pub fn train_to_end(
    run: &RunSpec,
    slot: &DeviceSlot<'_>,
    store: &Store,
    checkpoint: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> TrainingEnd {
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        let source = run.sources.first();
        let densities = source.map(|source| store.site_activities(source)).transpose()?;
        train_on(run, slot, slot.data.share(), densities, checkpoint, observer)
    }));
    match result.unwrap_or_else(|panic| Err(anyhow!(first_line(&*panic)))) {
        Ok(record) => TrainingEnd::Done(record),
        Err(error) => match error.downcast_ref() {
            Some(TrainError::Interrupted { .. }) => TrainingEnd::Interrupted,
            _ => TrainingEnd::Failed(format!("{error:#}")),
        },
    }
}

/// Builds the model and the method of a run, and trains them on `data`. `densities` holds, by site,
/// the mean activity of the run that this one takes its densities from.
///
/// Returns an error if the model or the method cannot be built, or as [`train`] does.
pub fn train_on(
    run: &RunSpec,
    slot: &DeviceSlot<'_>,
    data: Dataset,
    densities: Option<Vec<f64>>,
    checkpoint: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> anyhow::Result<RunRecord> {
    let RunModels { model, reference, .. } = components::models(run, data.shape, data.classes)?;
    let method = components::method(run)?;
    let weights = slot.weights.as_ref().map(Weights::share);
    let (reference, device) = (&reference, slot.device);
    let input =
        TrainInput { run, data, model, reference, weights, densities, method, device, checkpoint };
    Ok(train(input, observer)?)
}

/// Returns the message of a panic; libtorch appends a stack of its own to the first line.
fn first_line(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    // tch unwraps what libtorch throws; its first line is the message, the rest a stack.
    let text = text.split_once("Torch(\"").map_or(text, |(_, thrown)| thrown);
    let line = text.split("\\n").next().unwrap_or(text).lines().next().unwrap_or(text);
    format!("stopped by an error inside libtorch or the program: {line}")
}
