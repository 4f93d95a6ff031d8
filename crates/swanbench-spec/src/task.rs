//! Tasks of an experiment's `phases`, which are learned one after the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::train::divided;

/// A task that a network learns in one phase of a run.
///
/// The first phase is the whole training of the method, recovery included. In each later one the
/// compressed network is trained on another task: its method keeps the budget that it has reached,
/// and shows whether it can open the units that the new task needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Task {
    /// What is done to every image.
    pub images: Images,
    /// The classes whose examples take part; by default all of them.
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    pub classes: Option<Vec<u64>>,
    /// Epochs of training, for every phase but the first, which takes those of `train`; by default
    /// as many as there.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub epochs: Option<u32>,
    /// What is trained.
    #[serde(skip_serializing_if = "Learner::is_all")]
    pub learn: Learner,
    /// Steps of training after which the network is measured on test, besides before the first and
    /// after the last one; for every phase but the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(range(min = 1)), extend("uniqueItems" = true))]
    pub measure_after_steps: Vec<u64>,
}

/// Parts of a network that are trained on a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Learner {
    /// The network and what its method adds.
    #[default]
    All,
    /// What the method adds, such as gates; the weights of the network stay as they are, and the
    /// statistics of batch normalisations follow the data.
    Gates,
}

impl Learner {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_all(&self) -> bool {
        *self == Self::All
    }
}

impl Task {
    /// Divides the epochs, if the task has epochs of its own.
    pub(crate) fn with_epochs_divided(&self, divisor: f64) -> Self {
        Self { epochs: self.epochs.map(|epochs| divided(epochs, divisor)), ..self.clone() }
    }
}

/// Changes of all images by a task.
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
