//! Why a run has no result.

use swanbench_core::WeightsError;
use swanbench_torch::TorchError;

/// A run that did not finish. Others are not affected.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("the loss is not a finite number in epoch {epoch}; a lower learning_rate may help")]
    Diverged { epoch: u32 },
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Torch(#[from] TorchError),
}
