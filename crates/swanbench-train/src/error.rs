//! Why a run has no result.

use swanbench_core::{StateError, WeightsError};
use swanbench_data::DataError;
use swanbench_torch::TorchError;

use crate::{CheckpointError, KeepError};

/// A run that did not finish. Others are not affected.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("the loss is not a finite number in epoch {epoch}; a lower learning_rate may help")]
    Diverged { epoch: u32 },
    /// The observer said so.
    #[error("interrupted after epoch {epoch}")]
    Interrupted { epoch: u32 },
    #[error("cannot go on from its checkpoint")]
    Checkpoint(#[from] CheckpointError),
    #[error("cannot go on from its checkpoint")]
    State(#[from] StateError),
    #[error("cannot keep a checkpoint")]
    Keep(#[source] KeepError),
    #[error("cannot make the data of a phase")]
    Data(#[from] DataError),
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Torch(#[from] TorchError),
}
