//! Fields that every dataset, model or method has, in addition to its own settings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which examples of a dataset are used, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DataOptions {
    /// Use only the first this many examples of train and of test, for short trials.
    #[schemars(range(min = 1))]
    pub limit: Option<u64>,
    /// Share of the training examples held out for validation, stratified by class.
    #[schemars(range(max = 0.5), extend("exclusiveMinimum" = 0.0))]
    pub validation: f64,
    /// Black pixels around a training image, of which a random crop of its own size is taken.
    #[schemars(range(max = 64))]
    pub crop_padding: u32,
    /// Mirror half of the training images left to right.
    pub flip: bool,
}

impl Default for DataOptions {
    fn default() -> Self {
        Self { limit: None, validation: 0.1, crop_padding: 0, flip: false }
    }
}

/// Fields of every model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct ModelOptions {
    /// Scale of the hidden units of the reference model, the dense net that shares refer to.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 100.0))]
    pub width: f64,
    /// A safetensors file of weights to start from, with the model's own names and shapes.
    #[schemars(length(min = 1))]
    pub weights: Option<String>,
}

impl Default for ModelOptions {
    fn default() -> Self {
        Self { width: 1.0, weights: None }
    }
}

/// Fields of every method entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct MethodOptions {
    /// The name in pictures and tables; by default the method's name and its chosen words.
    #[schemars(length(min = 1))]
    pub label: Option<String>,
    /// Shares of the budget, in place of those of the experiment.
    #[schemars(length(min = 1), extend(
        "uniqueItems" = true, "items" = crate::target::target_schema()
    ))]
    pub targets: Option<Vec<f64>>,
    /// Scale of the hidden units on top of the model's width.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub width: f64,
    /// Makes the net as wide as the budget allows, in this shape: 1 scales all layers alike, 0
    /// makes all equally wide, and numbers between lie between. Runs once for every target.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub shape: Option<f64>,
    /// Divides the epochs: a net of this share of the FLOPs is then trained for as many FLOPs as
    /// the whole one. With `shape`, `epochs_divisor: $target` is the control at equal training
    /// cost.
    #[schemars(range(min = 0.001, max = 1.0))]
    pub epochs_divisor: f64,
}

impl Default for MethodOptions {
    fn default() -> Self {
        Self { label: None, targets: None, width: 1.0, shape: None, epochs_divisor: 1.0 }
    }
}
