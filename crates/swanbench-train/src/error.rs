//! Errors of training a run.

use swanbench_core::{StateError, WeightsError};
use swanbench_data::DataError;
use swanbench_torch::TorchError;

use crate::{CheckpointError, KeepError};

/// Reasons for which a run does not finish. Other runs are not affected.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The loss overflowed.
    #[error(
        "the loss is not a finite number in epoch {epoch}; smaller steps, penalties or given weights may help"
    )]
    Diverged {
        /// Counted from 1.
        epoch: u32,
    },
    /// The observer stopped the run.
    #[error("interrupted after epoch {epoch}")]
    Interrupted {
        /// Counted from 1.
        epoch: u32,
    },
    /// The checkpoint is damaged or of another version.
    #[error("cannot continue from its checkpoint")]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint belongs to another run.
    #[error("cannot continue from its checkpoint")]
    State(#[from] StateError),
    /// The observer failed.
    #[error("cannot keep a checkpoint")]
    Keep(#[source] KeepError),
    /// The data cannot be changed to a task's.
    #[error("cannot make the data of a task")]
    Data(#[from] DataError),
    /// The initial weights do not fit the model.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// libtorch failed, for example out of memory.
    #[error(transparent)]
    Torch(#[from] TorchError),
}
