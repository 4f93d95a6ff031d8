//! The length of a run, by which settings that count epochs or steps make sense or not.

/// The length of a run before it is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainSchedule {
    /// Epochs of the first task, without those of recovery.
    pub training_epochs: u32,
    /// Epochs of recovery; 0 for methods without.
    pub recovery_epochs: u32,
    /// Steps in an epoch of the first task.
    pub steps_per_epoch: u64,
    /// Tasks after the first.
    pub later_tasks: usize,
}

impl TrainSchedule {
    /// Counts the steps of the first task, without those of recovery.
    pub fn training_steps(&self) -> u64 {
        u64::from(self.training_epochs) * self.steps_per_epoch
    }
}
