//! The settings of magnitude pruning.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::TrainSchedule;

use super::STEPS_BETWEEN;
use crate::ranking::Allocation;

/// The fields of `kind: magnitude`.
#[derive(Debug, Default, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What is removed: whole units, or single weights.
    pub scope: Scope,
    /// What counts as small.
    pub score: Score,
    /// How the budget is spread over sites (or layers). The default was better on validation:
    /// `uniform` for units, `global` for weights.
    pub allocation: Option<Allocation>,
    /// The label of another entry: sites keep the shares of units that are open there on average, in
    /// the run of the same seed and target, scaled to the budget. The control for how a method spreads its budget (Blalock
    /// et al. 2020, arXiv 2003.03033).
    #[schemars(extend("x-label-of-entry" = true))]
    pub densities_from: Option<String>,
    /// When it is removed.
    pub schedule: Schedule,
    /// How many times the iterative schedule prunes; 5 by default.
    #[schemars(range(min = 2, max = 1000))]
    pub rounds: Option<u32>,
    /// Whether everything grows again at the start of each later task, to be pruned anew in its first
    /// 60%: what gates can do that continue to learn.
    pub regrow: bool,
    /// The epoch to whose end the surviving weights are rewound after every pruning, 0 for the
    /// start (Frankle et al. 2020, arXiv 1912.05671). Not the lottery ticket of that paper: all
    /// rounds together take the epochs of one training. The optimizer keeps its state.
    pub rewind_to_epoch: Option<u32>,
}

impl Settings {
    /// Checks that they fit together.
    pub fn check(&self) -> Result<(), String> {
        if self.scope == Scope::Unit
            && let Some(allocation) = self.allocation
        {
            allocation.check_units()?;
        }
        if self.scope == Scope::Weight && self.score == Score::L2 {
            return Err(
                "`score: l2` ranks single weights as `l1` does; it is for `scope: unit`".to_owned()
            );
        }
        if self.rounds.is_some() && self.schedule != Schedule::Iterative {
            return Err("`rounds` is for `schedule: iterative`".to_owned());
        }
        if self.regrow && self.schedule != Schedule::Gradual {
            return Err("`regrow` is for `schedule: gradual`".to_owned());
        }
        if self.densities_from.is_some() && self.scope == Scope::Weight {
            return Err("`densities_from` is for `scope: unit`".to_owned());
        }
        if self.densities_from.is_some() && self.allocation.is_some() {
            return Err("`densities_from` and `allocation` both spread the budget".to_owned());
        }
        if self.rewind_to_epoch.is_some() && self.schedule == Schedule::Gradual {
            return Err(
                "`rewind_to_epoch` is for `schedule: one-shot` and `iterative`: the gradual \
                        one prunes while it trains"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Checks that they make sense in a run of this length.
    pub fn check_schedule(&self, schedule: &TrainSchedule) -> Result<(), String> {
        let steps = schedule.training_steps();
        if self.schedule == Schedule::Gradual && steps < STEPS_BETWEEN as u64 {
            return Err(format!(
                "`schedule: gradual` prunes every {STEPS_BETWEEN} steps, and training has {steps}"
            ));
        }
        if self.regrow && schedule.later_tasks == 0 {
            return Err("`regrow` is for later `phases`, and there are none".to_owned());
        }
        let rounds = match self.schedule {
            Schedule::Iterative => self.rounds.unwrap_or(5),
            Schedule::OneShot | Schedule::Gradual => 1,
        };
        if u64::from(rounds) > steps {
            return Err(format!("`rounds` is {rounds}, and training has {steps} steps"));
        }
        let Some(epoch) = self.rewind_to_epoch else { return Ok(()) };
        if schedule.recovery_epochs == 0 {
            return Err(
                "`rewind_to_epoch` needs recovery epochs: without, what was rewound is not \
                        trained again"
                    .to_owned(),
            );
        }
        let first = f64::from(schedule.training_epochs) / f64::from(rounds);
        if f64::from(epoch) >= first {
            return Err(format!(
                "`rewind_to_epoch` is {epoch}, and the first pruning comes after {first} epochs"
            ));
        }
        Ok(())
    }

    /// Returns the share of the budget's whole to keep at a `target` after the share `progress` of training.
    pub fn keep(&self, target: f64, progress: f64) -> f64 {
        match self.schedule {
            Schedule::OneShot if progress < 1.0 => 1.0,
            Schedule::OneShot => target,
            Schedule::Gradual => target + (1.0 - target) * (1.0 - progress).powi(3),
            Schedule::Iterative => {
                let rounds = f64::from(self.rounds.unwrap_or(5));
                target.powf((progress * rounds).floor() / rounds)
            }
        }
    }

    /// Returns the allocation, or the scope's default.
    pub fn allocation(&self) -> Allocation {
        self.allocation.unwrap_or(match self.scope {
            Scope::Unit => Allocation::Uniform,
            Scope::Weight => Allocation::Global,
        })
    }
}

/// What is removed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    #[default]
    Unit,
    Weight,
}

/// What counts as small.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Score {
    /// The absolute weight; for a unit, its mean over incoming weights.
    #[default]
    L1,
    /// The squared weight, likewise.
    L2,
    /// A number drawn from the run's stream: the control.
    Random,
}

/// When units or weights are removed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// At once, between training and recovery.
    #[default]
    OneShot,
    /// At equal intervals of training the same share of what is left, the last time between
    /// training and recovery (Han et al. 2015, arXiv 1506.02626).
    Iterative,
    /// Every 100 steps of training a part: `1 - keep` grows by `1 - (1 - t)^3` (Zhu and Gupta
    /// 2017, arXiv 1710.01878).
    Gradual,
}
