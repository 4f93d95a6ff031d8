//! Where in a run a step stands.

use swanbench_spec::Stage;

/// The position of one training step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// [`Stage::Raw`] until pruning or the switch to hard gates, [`Stage::FineTuned`] in recovery.
    pub stage: Stage,
    /// Share of the stage's steps that lie behind, in `[0, 1)`.
    pub fraction: f64,
    /// Whole epochs of the stage that lie behind.
    pub epoch: u32,
}

impl Progress {
    /// The share of the training stage that lies behind: 1 throughout recovery.
    #[must_use]
    pub fn training(&self) -> f64 {
        match self.stage {
            Stage::Raw => self.fraction,
            Stage::FineTuned => 1.0,
        }
    }
}
