//! One training, fully resolved.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{DataOptions, GivenWeights, Task, Train};

/// A word of the vocabulary with all its settings, defaults filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComponentConfig {
    pub kind: String,
    /// Every field of the kind's settings, in canonical form.
    pub settings: Value,
}

impl ComponentConfig {
    /// The settings as the type that described them to the checker.
    ///
    /// # Errors
    /// What serde says, where they were made for another type: a bug, since the checker has
    /// accepted them.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_value(self.settings.clone())
    }
}

/// One training: one method, one setting, one seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// Hash of everything that changes the result; see `identity`.
    pub id: String,
    /// The name under which the run's cell is shown. Not part of the identity.
    pub label: String,
    pub data: ComponentConfig,
    /// Which of the examples are used, and how.
    pub data_options: DataOptions,
    pub model: ComponentConfig,
    /// Scale of the hidden units of the reference model, the dense net that shares refer to.
    pub model_width: f64,
    /// Weights to start from; random ones where there are none.
    pub weights: Option<GivenWeights>,
    pub train: Train,
    /// The tasks of the phases, in order; a single phase on the data as it is where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Task>,
    pub method: ComponentConfig,
    /// The share of units (or weights) to keep; none for methods that have no target.
    pub target: Option<f64>,
    /// Scale of the hidden units on top of `model_width`, for the control of smaller dense nets;
    /// 1 for all others.
    pub width: f64,
    pub seed: u64,
    /// Ids of runs whose results this one needs. They stand in the method's settings too, in place of
    /// the labels that an experiment gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

impl RunSpec {
    /// The later phases: the number of each, counted from 1, its task, and its epochs.
    pub fn later_phases(&self) -> impl Iterator<Item = (u32, &Task, u32)> {
        let numbered = (1..).zip(&self.phases).skip(1);
        numbered.map(|(phase, task)| (phase, task, task.epochs.unwrap_or(self.train.epochs)))
    }

    /// Epochs of training in all phases.
    #[must_use]
    pub fn epochs(&self) -> u32 {
        self.train.epochs + self.later_phases().map(|(_, _, epochs)| epochs).sum::<u32>()
    }
}
