//! The input of the training loop, and the observer of its progress.

use swanbench_core::{ModelMap, Regularizer, Weights};
use swanbench_data::Dataset;
use swanbench_spec::{Epoch, RunSpec};
use tch::Device;

use crate::{Checkpoint, TrainedModel};

/// One run with everything it needs, on one device.
pub struct TrainInput<'a> {
    /// The run's settings.
    pub run: &'a RunSpec,
    /// The data before they are changed to a task's.
    pub data: Dataset,
    /// The model at the run's width.
    pub model: ModelMap,
    /// The dense model at full width, to which shares refer.
    pub reference: &'a ModelMap,
    /// Initial weights; `None` if the run draws its own.
    pub weights: Option<Weights>,
    /// By site, the share of units to keep; `None` if the method decides.
    pub densities: Option<Vec<f64>>,
    /// The method, not yet attached.
    pub method: Box<dyn Regularizer>,
    /// Where to compute.
    pub device: Device,
    /// The checkpoint at which an interrupted run continues.
    pub checkpoint: Option<Checkpoint>,
}

/// An observer of a run's progress.
pub trait Observer {
    /// Receives a finished epoch, and decides how the run continues.
    fn epoch(&mut self, epoch: &Epoch) -> Next;

    /// Keeps a checkpoint, after [`Next::Checkpoint`] or [`Next::Stop`].
    ///
    /// Returns an error if the checkpoint cannot be kept; the run then fails.
    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), KeepError> {
        let _ = checkpoint;
        Ok(())
    }

    /// Receives the network at the end of its training.
    ///
    /// Returns an error if it cannot be kept; the run then fails.
    fn trained(&mut self, model: &TrainedModel<'_>) -> Result<(), KeepError> {
        let _ = model;
        Ok(())
    }
}

/// An error of keeping a checkpoint or a network.
pub type KeepError = Box<dyn std::error::Error + Send + Sync>;

/// What follows an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The next epoch.
    Continue,
    /// A checkpoint, and then the next epoch.
    Checkpoint,
    /// A checkpoint, and then the end.
    Stop,
}
