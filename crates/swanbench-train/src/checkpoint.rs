//! All that a run needs to continue as if it had never stopped.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use swanbench_core::State;
use swanbench_spec::{Epoch, Evaluation, SiteUse, Stage};

use crate::tensor_file::{TensorFileError, read_tensors, write_tensors};

/// Raised when the meaning of a checkpoint changes: older ones are then not continued.
const VERSION: u32 = 6;
/// The key of the progress in the metadata of the safetensors format.
const PROGRESS: &str = "progress";

/// A run at the end of an epoch.
#[derive(Debug)]
pub struct Checkpoint {
    pub(crate) progress: TrainState,
    pub(crate) state: State,
}

/// The progress of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrainState {
    pub version: u32,
    /// The present task, counted from 1.
    pub task_index: u32,
    /// The present stage.
    pub stage: Stage,
    /// Its epochs that are done.
    pub stage_epochs: u32,
    /// Examples that were trained on, each counted every time.
    pub examples: u64,
    pub epochs: Vec<Epoch>,
    pub evaluations: Vec<Evaluation>,
    pub sites: Vec<SiteUse>,
    /// By site, the share of test examples on which each unit was open at the end of the first task;
    /// empty if that is the only one.
    pub first_open_rates: Vec<Vec<f64>>,
    pub wall_secs: f64,
}

impl TrainState {
    /// Returns the state before the first step.
    pub fn start() -> Self {
        Self {
            version: VERSION,
            task_index: 1,
            stage: Stage::Training,
            stage_epochs: 0,
            examples: 0,
            epochs: Vec::new(),
            evaluations: Vec::new(),
            sites: Vec::new(),
            first_open_rates: Vec::new(),
            wall_secs: 0.0,
        }
    }
}

/// Errors of reading or writing a checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The bytes are no file of tensors.
    #[error(transparent)]
    File(#[from] TensorFileError),
    /// The metadata is missing or of another shape.
    #[error("its progress cannot be read")]
    Progress(#[from] serde_json::Error),
    /// Another version of this program wrote it.
    #[error("it is of version {found}, and this program continues version {VERSION}")]
    Version {
        /// The version in the file.
        found: u32,
    },
}

impl Checkpoint {
    /// Writes tensors and progress as one safetensors file.
    ///
    /// Returns an error if a tensor has a number format that the file cannot hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CheckpointError> {
        let progress = serde_json::to_string(&self.progress)?;
        let metadata = HashMap::from([(PROGRESS.to_owned(), progress)]);
        Ok(write_tensors(&self.state, metadata)?)
    }

    /// Reads what [`Checkpoint::to_bytes`] wrote.
    ///
    /// Returns an error if the bytes are something else or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let (metadata, state) = read_tensors(bytes)?;
        let text = metadata.get(PROGRESS).map_or("", String::as_str);
        let progress: TrainState = serde_json::from_str(text)?;
        if progress.version != VERSION {
            return Err(CheckpointError::Version { found: progress.version });
        }
        Ok(Self { progress, state })
    }
}

#[cfg(test)]
mod tests {
    use tch::Tensor;

    use super::*;

    fn checkpoint() -> Checkpoint {
        let mut state = State::default();
        state.keep("weights", &Tensor::from_slice(&[1.0f32, -2.5]).view([2, 1]));
        state.keep("stream", &Tensor::from_slice(&[1u8, 2, 255]));
        state.keep("progress", &Tensor::from(0.1f64));
        Checkpoint { progress: TrainState { stage_epochs: 3, ..TrainState::start() }, state }
    }

    #[test]
    fn bytes_are_read_back_as_the_same_checkpoint() {
        let bytes = checkpoint().to_bytes().unwrap();
        let read = Checkpoint::from_bytes(&bytes).unwrap();
        assert_eq!(read.progress, checkpoint().progress);
        let tensors = |checkpoint: &Checkpoint| -> Vec<_> {
            let tensors = checkpoint.state.iter();
            tensors.map(|(name, tensor)| (name.to_owned(), tensor.copy())).collect()
        };
        assert_eq!(tensors(&read), tensors(&checkpoint()));
    }

    #[test]
    fn other_bytes_are_refused() {
        let bytes = checkpoint().to_bytes().unwrap();
        for length in [0, 7, 20, bytes.len() - 1] {
            assert!(Checkpoint::from_bytes(&bytes[..length]).is_err());
        }
        let later = TrainState { version: VERSION + 1, ..TrainState::start() };
        let later = Checkpoint { progress: later, ..checkpoint() };
        let error = Checkpoint::from_bytes(&later.to_bytes().unwrap()).unwrap_err();
        assert!(matches!(error, CheckpointError::Version { .. }), "{error}");
    }
}
