//! The settings of SWAN.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::Ramp;

/// The fields of `kind: swan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Rank of the map from input to gate logits; 0 makes gates static, the same for every input;
    /// `full` is one full matrix.
    pub gate_rank: GateRank,
    /// Whether the gates' input is normalised over examples, as by batch normalisation without
    /// scale and shift (Ioffe and Szegedy 2015, arXiv 1502.03167): for low ranks the numbers between
    /// the two maps. Costs nothing at inference, where it is folded into the map after it.
    pub normalise: bool,
    /// Whether gates pass gradients to their input. Without, the budget changes gates only, never
    /// the features of the layers below.
    pub input_gradient: bool,
    /// Initial gate logit; positive, so that training begins with open gates.
    pub initial_logit: f64,
    /// Initial standard deviation of the logits over examples, if the input is normalised.
    #[schemars(range(min = 0.0))]
    pub initial_spread: f64,
    /// Divides the logits: a lower temperature makes gates more decided.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub temperature: f64,
    /// The last temperature, reached geometrically along the training stage; `null` keeps the first
    /// (Jang et al. 2017, arXiv 1611.01144).
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub final_temperature: Option<f64>,
    /// A gate is open at inference if its probability is above this.
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub threshold: f64,
    /// Further thresholds at which the finished network is evaluated.
    #[schemars(extend(
        "items" = { "type": "number", "exclusiveMinimum": 0.0, "exclusiveMaximum": 1.0 }
    ))]
    pub threshold_sweep: Vec<f64>,
    /// What multiplies the outputs in training.
    pub training: Training,
    /// Whether gates continue to learn in the recovery epochs.
    pub recovery_gates: RecoveryGates,
    /// What the budget counts.
    pub budget: BudgetKind,
    /// Whether the target holds for all sites together or for each.
    pub budget_scope: Scope,
    /// Weight of the mean gate probability in the loss.
    #[schemars(range(min = 0.0))]
    pub lambda_open: f64,
    /// Weight of the cost-weighted mean gate probability.
    #[schemars(range(min = 0.0))]
    pub lambda_flops: f64,
    /// Weight of the squared relative excess over the target. The largest that did not cost
    /// accuracy on validation (MNIST-5k): activity ends within 5% of its target.
    #[schemars(range(min = 0.0))]
    pub lambda_target: f64,
    /// How fast a multiplier of the excess adapts: it grows by this times the relative excess in
    /// every step, shrinks below the target, and is never negative (Platt and Barr 1988;
    /// Gallego-Posada et al. 2022, arXiv 2208.04425). 0 leaves it out.
    #[schemars(range(min = 0.0))]
    pub multiplier_rate: f64,
    /// Weight of the reward for gates that vary from example to example: four times the variance of
    /// the probability over the batch, averaged over units.
    #[schemars(range(min = 0.0))]
    pub lambda_variance: f64,
    /// Weight of the reward for gates that carry information about the example: the mutual
    /// information of gate and example in bits, `H(mean p) - mean H(p)`, averaged over units (Bridle
    /// et al. 1991).
    #[schemars(range(min = 0.0))]
    pub lambda_information: f64,
    /// When `lambda_target` rises, or the target falls.
    pub ramp: Ramp,
    /// When `lambda_open` rises; `ramp` by default.
    pub ramp_open: Option<Ramp>,
    /// When `lambda_flops` rises; `ramp` by default.
    pub ramp_flops: Option<Ramp>,
    /// Whether the target itself falls along the ramp, from 1 to its value, geometrically, instead
    /// of `lambda_target` rising. Units then close gradually, as in gradual pruning (Zhu and Gupta
    /// 2017, arXiv 1710.01878). On validation (MNIST-5k, MLP 300-100, 2% of units, three seeds)
    /// 89.5% at 2.07% activity, against 87.7% at 2.71% without (`lambda_target` 1; 78.0% with 3);
    /// for static gates 63% against 25%.
    pub anneal_target: bool,
    /// Learning rate of the gates over that of the weights.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub gate_learning_rate_factor: f64,
    /// The same for the maps from input to gate logits.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub map_learning_rate_factor: f64,
}

impl Settings {
    /// Checks that they fit together.
    pub fn check(&self) -> Result<(), String> {
        self.ramp.check("ramp")?;
        self.ramp_open.map_or(Ok(()), |ramp| ramp.check("ramp_open"))?;
        self.ramp_flops.map_or(Ok(()), |ramp| ramp.check("ramp_flops"))?;
        let of_inputs = [
            (self.normalise, "normalise"),
            (self.lambda_variance > 0.0, "lambda_variance"),
            (self.lambda_information > 0.0, "lambda_information"),
        ];
        let given = of_inputs.into_iter().find(|(given, _)| *given);
        if let (GateRank::Of(0), Some((_, name))) = (self.gate_rank, given) {
            return Err(format!(
                "`{name}` is for gates that look at the input, not `gate_rank: 0`"
            ));
        }
        if self.lambda_target == 0.0 && self.multiplier_rate == 0.0 {
            return Err(
                "`lambda_target` and `multiplier_rate` are both 0: nothing holds activity to \
                        its target"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Returns the divisor of the logits after this share of training.
    pub fn temperature(&self, progress: f64) -> f64 {
        let last = self.final_temperature.unwrap_or(self.temperature);
        self.temperature * (last / self.temperature).powf(progress)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gate_rank: GateRank::Of(8),
            normalise: false,
            input_gradient: true,
            initial_logit: 2.0,
            initial_spread: 1.0,
            temperature: 1.0,
            final_temperature: None,
            threshold: 0.5,
            threshold_sweep: Vec::new(),
            training: Training::StraightThrough,
            recovery_gates: RecoveryGates::Learning,
            budget: BudgetKind::Activity,
            budget_scope: Scope::Global,
            lambda_open: 0.0,
            lambda_flops: 0.0,
            lambda_target: 5.0,
            multiplier_rate: 0.0,
            lambda_variance: 0.0,
            lambda_information: 0.0,
            anneal_target: true,
            ramp_open: None,
            ramp_flops: None,
            ramp: Ramp { start: 0.0, end: 0.6 },
            gate_learning_rate_factor: 10.0,
            map_learning_rate_factor: 10.0,
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

/// What the budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetKind {
    /// Open units, each counting the same.
    Activity,
    /// Open units by the FLOPs that they cause.
    Flops,
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

/// Whether gates learn in recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecoveryGates {
    Learning,
    /// They stay as training left them.
    Frozen,
}

/// Where the target holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    Global,
    Site,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictory_settings_are_refused() {
        assert!(Settings::default().check().is_ok());
        let fixed = Settings { gate_rank: GateRank::Of(0), ..Settings::default() };
        assert!(Settings { normalise: false, ..fixed.clone() }.check().is_ok());
        let error = Settings { normalise: true, ..fixed }.check().unwrap_err();
        assert_eq!(error, "`normalise` is for gates that look at the input, not `gate_rank: 0`");
        let free = Settings { lambda_target: 0.0, ..Settings::default() };
        assert!(free.check().unwrap_err().contains("nothing holds activity"));
        let late = Some(Ramp { start: 0.9, end: 0.1 });
        let error = Settings { ramp_flops: late, ..Settings::default() }.check().unwrap_err();
        assert!(error.starts_with("`ramp_flops` ends"));
    }

    #[test]
    fn the_temperature_falls_geometrically() {
        let settings = Settings { final_temperature: Some(0.25), ..Settings::default() };
        assert_eq!([0.0, 0.5, 1.0].map(|at| settings.temperature(at)), [1.0, 0.5, 0.25]);
        assert_eq!(Settings::default().temperature(0.7), 1.0);
    }
}
