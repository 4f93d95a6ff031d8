//! Where in a run a step stands.

use swanbench_spec::Stage;

/// The position of one training step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainProgress {
    /// [`Stage::Training`] until pruning or the switch to hard gates, [`Stage::Recovery`] in recovery.
    pub stage: Stage,
    /// Share of the stage's steps that lie behind, in `[0, 1)`.
    pub fraction: f64,
    /// Whole epochs of the stage that lie behind.
    pub epoch: u32,
}

impl TrainProgress {
    /// The share of the training stage that lies behind: 1 throughout recovery.
    #[must_use]
    pub fn training(&self) -> f64 {
        match self.stage {
            Stage::Training => self.fraction,
            Stage::Recovery => 1.0,
        }
    }
}
