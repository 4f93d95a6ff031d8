//! The settings of SWAN.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::Ramp;

use crate::read::Read;

/// The fields of `kind: swan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Rank of the map from input to gate logits; 0 makes gates static, the same for every input;
    /// `full` is one full matrix.
    pub gate_rank: GateRank,
    /// What the gates see of the input.
    pub read: Read,
    /// Whether gates pass gradients to their input. Without, the budget changes gates only, never
    /// the features of the layers below.
    pub input_gradient: bool,
    /// Initial gate logit; positive, so that training begins with open gates. Beyond the bounds a
    /// sigmoid has no gradient that could close them.
    #[schemars(range(min = -10.0, max = 10.0))]
    pub initial_logit: f64,
    /// Divides the logits: a lower temperature makes gates more decided.
    #[schemars(range(min = 1e-3, max = 1e3))]
    pub temperature: f64,
    /// A gate is open at inference if its probability is above this.
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub threshold: f64,
    /// Further thresholds at which the finished network is evaluated.
    #[schemars(extend(
        "uniqueItems" = true,
        "items" = { "type": "number", "exclusiveMinimum": 0.0, "exclusiveMaximum": 1.0 }
    ))]
    pub threshold_sweep: Vec<f64>,
    /// What multiplies the outputs in training.
    pub training: Training,
    /// Weight of the share of units that are open, by the gate probabilities; times the ramp.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub lambda_open: f64,
    /// Weight of the share of FLOPs that they cause; times the ramp.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub lambda_flops: f64,
    /// Weight of the squared relative excess over the budget.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6))]
    pub lambda_target: f64,
    /// When the budget falls from everything to the target, geometrically, as in gradual pruning
    /// (Zhu and Gupta 2017, arXiv 1710.01878).
    pub ramp: Ramp,
    /// Learning rate of the gates over that of the weights.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e4))]
    pub gate_learning_rate_factor: f64,
}

impl Settings {
    /// Checks that they fit together.
    pub fn check(&self) -> Result<(), String> {
        if self.threshold_sweep.contains(&self.threshold) {
            return Err(format!("`threshold_sweep` has {}, which is `threshold`", self.threshold));
        }
        if self.gate_rank == GateRank::Of(0) {
            let looks = "is for gates that look at the input, and `gate_rank` is 0";
            if self.read != Read::default() {
                return Err(format!("`read` {looks}"));
            }
            if !self.input_gradient {
                return Err(format!("`input_gradient` {looks}"));
            }
        }
        self.ramp.check("ramp")
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gate_rank: GateRank::Of(8),
            read: Read::default(),
            input_gradient: true,
            initial_logit: 2.0,
            temperature: 1.0,
            threshold: 0.5,
            threshold_sweep: Vec::new(),
            training: Training::StraightThrough,
            lambda_open: 0.0,
            lambda_flops: 0.0,
            lambda_target: 5.0,
            ramp: Ramp { start: 0.0, end: 0.6 },
            gate_learning_rate_factor: 10.0,
        }
    }
}

/// What multiplies the outputs in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Training {
    /// Gate probabilities; hard gates begin with recovery.
    Soft,
    /// Hard gates with the gradient of the probabilities.
    StraightThrough,
    /// Probabilities in the first half of training, hard gates after.
    SoftFirst,
}

/// The map from a site's input to its gate logits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum GateRank {
    Of(#[schemars(range(min = 0, max = 4096))] u32),
    Full(Full),
}

/// The word `full`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Full {
    Full,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictory_settings_are_refused() {
        assert!(Settings::default().check().is_ok());
        let late = Ramp { start: 0.9, end: 0.1 };
        let error = Settings { ramp: late, ..Settings::default() }.check().unwrap_err();
        assert!(error.starts_with("`ramp` ends"));
    }
}
