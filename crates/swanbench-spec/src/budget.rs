//! What an experiment holds every method to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a target is a share of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetKind {
    /// The dense net's FLOPs at inference, deciding the gates included. Methods that prune single
    /// weights count FLOPs without zero weights.
    #[default]
    Flops,
    /// Units, or for methods that prune single weights, weights.
    Units,
}

impl BudgetKind {
    /// Returns the share of the budget that was used. Where single weights are pruned these are
    /// FLOPs without zero weights, which else equal the unit FLOPs, or `kept` counts weights.
    pub const fn used_share(self, weight_flops_share: f64, kept: f64) -> f64 {
        match self {
            Self::Flops => weight_flops_share,
            Self::Units => kept,
        }
    }
}
