//! One of an experiment's `phases`: what is to be learned, one after the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a network learns in one phase of a run.
///
/// The first phase is the whole training of the method, recovery included. In each later one the
/// compressed network goes on with another task: its method keeps the budget that it came to, and
/// shows whether it can call back the units that the new task needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Task {
    /// What is done to every image.
    pub images: Images,
    /// The classes whose examples take part; all of them where none are given.
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    pub classes: Option<Vec<u64>>,
    /// Epochs of training, for every phase but the first, which takes those of `train`; by default
    /// as many as there.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub epochs: Option<u32>,
}

/// What a task does to all images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Images {
    /// As the dataset has them.
    #[default]
    Original,
    /// Dark becomes bright: every raw value `x` in `[0, 1]` becomes `1 - x`.
    Inverted,
    /// Turned left by a quarter.
    Rotated,
}
