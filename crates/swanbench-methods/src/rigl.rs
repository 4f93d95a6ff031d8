//! RigL: sparse training whose weights move to where the loss would fall fastest.

use swanbench_core::{MethodDef, TrainSchedule};

use crate::sparse_training::{Growth, Rule, Settings, SparseTraining};

/// The rule of RigL: drops by magnitude and grows by gradient.
pub struct Rigl;

impl Rule for Rigl {
    const GROWTH: Growth = Growth::Gradient;
}

impl MethodDef for SparseTraining<Rigl> {
    const NAME: &'static str = "rigl";
    const SUMMARY: &'static str =
        "sparse from the first step; small weights move to where the gradient is largest";
    const SOURCE: &'static str = "Evci et al. 2020, arXiv 1911.11134";
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
