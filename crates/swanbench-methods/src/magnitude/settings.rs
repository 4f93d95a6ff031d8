//! What an experiment may say about magnitude pruning.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ranking::Allocation;

#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What is removed: whole units, or single weights.
    pub scope: Scope,
    /// What counts as small.
    pub score: Score,
    /// How the budget is spread over sites (or layers). Unless said
    /// otherwise, what was better on validation: `uniform` for units, `global` for weights.
    pub allocation: Option<Allocation>,
    /// When it is removed.
    pub schedule: Schedule,
}

impl Settings {
    pub fn allocation(self) -> Allocation {
        self.allocation.unwrap_or(match self.scope {
            Scope::Unit => Allocation::Uniform,
            Scope::Weight => Allocation::Global,
        })
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    #[default]
    Unit,
    Weight,
}

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

#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// All of it between training and recovery.
    #[default]
    OneShot,
    /// Every 100 steps of training a part: `1 - keep` grows by `1 - (1 - t)^3` (Zhu and Gupta 2017,
    /// arXiv 1710.01878).
    Gradual,
}

impl Schedule {
    /// The share to keep when the share `progress` of training lies behind.
    pub fn keep(self, target: f64, progress: f64) -> f64 {
        match self {
            Self::OneShot if progress < 1.0 => 1.0,
            Self::OneShot => target,
            Self::Gradual => target + (1.0 - target) * (1.0 - progress).powi(3),
        }
    }
}
