//! What the training loop is given, and whom it tells.

use swanbench_core::{Model, ModelMap, Regularizer, Weights};
use swanbench_data::Dataset;
use swanbench_spec::{Epoch, RunSpec};
use tch::Device;

use crate::Checkpoint;

/// One run with everything it needs, on one device.
pub struct Job<'a> {
    pub run: &'a RunSpec,
    pub data: Dataset,
    pub model: Box<dyn Model>,
    /// The dense model at full width, to which shares refer.
    pub reference: &'a ModelMap,
    /// To start from; the run's own draw where there are none.
    pub weights: Option<Weights>,
    /// By site, what the method is to keep; none where it decides that by itself.
    pub densities: Option<Vec<f64>>,
    pub method: Box<dyn Regularizer>,
    pub device: Device,
    /// Where an interrupted training of this run goes on; from the start where there is none.
    pub checkpoint: Option<Checkpoint>,
}

/// Is told how a run goes on.
pub trait Observer {
    /// An epoch is over. Tells how to go on.
    fn epoch(&mut self, epoch: &Epoch) -> Next;

    /// Keeps what the run can go on from, as [`Next::Checkpoint`] or [`Next::Stop`] asked.
    ///
    /// # Errors
    /// It cannot be kept; the run then fails.
    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), KeepError> {
        let _ = checkpoint;
        Ok(())
    }
}

/// Why a checkpoint could not be kept.
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
