//! What an experiment may say about SWAN.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::Ramp;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Rank of the map from input to gate logits; 0 makes gates static, the same for every input.
    #[schemars(range(min = 0, max = 4096))]
    pub gate_rank: u32,
    /// Gate logit at the start; positive, so that training begins with open gates.
    pub initial_logit: f64,
    /// Divides the logits: a lower temperature makes gates more decided.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub temperature: f64,
    /// A gate is open at inference if its probability is above this.
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub threshold: f64,
    /// What multiplies the outputs in training.
    pub training: Training,
    /// What the budget counts.
    pub budget: BudgetKind,
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
    /// When the three weights come in.
    pub ramp: Ramp,
    /// Whether the target itself comes down along the ramp, from 1 to its value, geometrically,
    /// instead of `lambda_target` coming up. Units then close a few at a time, as in gradual
    /// pruning (Zhu and Gupta 2017, arXiv 1710.01878). On validation (MNIST-5k, MLP 300-100, 2% of
    /// units, three seeds) 89.5% at 2.07% activity, against 87.7% at 2.71% without (`lambda_target`
    /// 1; 78.0% with 3); for static gates 63% against 25%.
    pub anneal_target: bool,
    /// Learning rate of the gates over that of the weights.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub gate_learning_rate_factor: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gate_rank: 8,
            initial_logit: 2.0,
            temperature: 1.0,
            threshold: 0.5,
            training: Training::StraightThrough,
            budget: BudgetKind::Activity,
            lambda_open: 0.0,
            lambda_flops: 0.0,
            lambda_target: 5.0,
            anneal_target: true,
            ramp: Ramp { start: 0.0, end: 0.6 },
            gate_learning_rate_factor: 10.0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Training {
    /// Gate probabilities; hard gates come with recovery.
    Soft,
    /// Hard gates with the gradient of the probabilities.
    StraightThrough,
    /// Probabilities in the first half of training, hard gates after.
    SoftFirst,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetKind {
    /// Open units, each counting the same.
    Activity,
    /// Open units by the FLOPs that they cause.
    Flops,
}
