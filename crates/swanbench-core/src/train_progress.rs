//! The position of a training step within a run.

use swanbench_spec::Stage;

/// The position of one training step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainProgress {
    /// The number of the task, counted from 1.
    pub task_index: u32,
    /// The stage: training, then recovery after pruning or the switch to hard gates.
    pub stage: Stage,
    /// Share of the stage's steps that are done, in `[0, 1)`.
    pub fraction: f64,
    /// Whole epochs of the stage that are done.
    pub epoch: u32,
}

impl TrainProgress {
    /// Returns the share of the training stage that is done: 1 throughout recovery.
    pub fn training(&self) -> f64 {
        match self.stage {
            Stage::Training => self.fraction,
            Stage::Recovery => 1.0,
        }
    }
}
