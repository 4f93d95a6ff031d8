//! The `train:` block of an experiment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How every run of an experiment is trained; the same for all methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Train {
    /// Epochs in all: for methods with a recovery stage, its epochs are the last of these.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub epochs: u32,
    /// Epochs after pruning or the switch to hard gates, for methods that have such a stage; if not
    /// written, a quarter of all epochs, and at most this many.
    #[schemars(range(max = 1_000_000))]
    pub recovery_epochs: u32,
    /// Examples per step.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub batch_size: u32,
    /// The optimizer of the weights.
    pub optimizer: OptimizerKind,
    /// Step size at the start of each stage.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// How the step size falls within a stage.
    pub schedule: ScheduleKind,
    /// Momentum, for `sgd`.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub momentum: f64,
    /// L2 penalty on the weights, coupled to the gradient as in torch.optim.Adam and SGD.
    #[schemars(range(min = 0.0))]
    pub weight_decay: f64,
    /// The numbers in which layers compute; weights and their updates stay in 32 bits.
    pub precision: Precision,
}

impl Default for Train {
    fn default() -> Self {
        Self {
            epochs: 20,
            recovery_epochs: 5,
            batch_size: 64,
            optimizer: OptimizerKind::Adam,
            learning_rate: 1e-3,
            schedule: ScheduleKind::Cosine,
            momentum: 0.9,
            weight_decay: 0.0,
            precision: Precision::Float32,
        }
    }
}

impl Train {
    /// Divides the epochs of both stages.
    pub(crate) fn with_epochs_divided(&self, divisor: f64) -> Self {
        Self {
            epochs: divided(self.epochs, divisor),
            recovery_epochs: divided(self.recovery_epochs, divisor),
            ..self.clone()
        }
    }

    /// Returns the epochs of training proper and of recovery, for a method that `recovers` or not.
    pub const fn stages(&self, recovers: bool) -> (u32, u32) {
        let last = if recovers { self.recovery_epochs } else { 0 };
        (self.epochs - last, last)
    }

    /// Counts the steps of an epoch: the last one may have fewer examples.
    pub fn steps_of_epoch(&self, examples: i64) -> u64 {
        examples.cast_unsigned().div_ceil(self.batch_size.into())
    }

    /// Shortens a recovery stage that was not chosen: a short trial keeps at least three quarters
    /// of its epochs for training proper.
    pub(crate) fn with_default_recovery(self) -> Self {
        Self { recovery_epochs: self.recovery_epochs.min(self.epochs / 4), ..self }
    }
}

/// Divides epochs by at most one: there are more of them, or as many.
pub(crate) fn divided(epochs: u32, divisor: f64) -> u32 {
    (f64::from(epochs) / divisor).round() as u32
}

/// Optimizers, with the defaults of `torch.optim` for what is not a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OptimizerKind {
    /// Adam (Kingma and Ba 2015).
    Adam,
    /// Stochastic gradient descent with momentum.
    Sgd,
}

/// Schedules of the learning rate over the steps of one stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleKind {
    /// The full rate throughout.
    Constant,
    /// Half a cosine from the full rate to zero (Loshchilov and Hutter 2017, without restarts).
    Cosine,
}

/// Number formats in which layers compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// 32 bits throughout.
    Float32,
    /// Products on a GPU's tensor cores with 10 bits of mantissa; on CUDA only.
    Tf32,
    /// Automatic mixed precision: layers in bfloat16, losses and normalisations in 32 bits
    /// (Micikevicius et al. 2018, as torch.autocast does it; no loss scaling is needed).
    Bfloat16,
}
