//! SET, sparse evolutionary training: weights move to random places.

use swanbench_core::{MethodDef, TrainSchedule};

use crate::sparse_training::{Growth, Rule, Settings, SparseTraining};

/// The rule of SET: drops by magnitude and grows at random. Moves as often, and as much, as RigL,
/// so that the two differ only in where weights grow; its paper moves 30% once per epoch.
pub struct SparseEvolution;

impl Rule for SparseEvolution {
    const GROWTH: Growth = Growth::Random;
}

impl MethodDef for SparseTraining<SparseEvolution> {
    const NAME: &'static str = "set";
    const SUMMARY: &'static str = "sparse from the first step; small weights move to random places";
    const SOURCE: &'static str = "Mocanu et al. 2018, arXiv 1707.04780";
    const REVISION: u32 = 3;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn check_schedule(settings: &Settings, schedule: &TrainSchedule) -> Result<(), String> {
        settings.check_schedule(schedule)
    }

    fn new(settings: Settings) -> Self {
        Self::new(settings)
    }
}
