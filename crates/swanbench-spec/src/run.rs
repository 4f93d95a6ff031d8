//! One training, fully resolved.

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{BudgetKind, DataOptions, GivenWeights, Task, Train};

/// A dataset, model or method with all its settings, defaults filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComponentConfig {
    /// Its name in the vocabulary.
    pub kind: String,
    /// Every field of its settings, in canonical form; runs of one cell share them.
    pub settings: Arc<Value>,
}

impl ComponentConfig {
    /// Names a component with its settings.
    pub fn new(kind: impl Into<String>, settings: Value) -> Self {
        Self { kind: kind.into(), settings: settings.into() }
    }

    /// Reads the settings as the type that described them to the check.
    ///
    /// Returns an error if they were made for another type: a bug, since the check has accepted
    /// them.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&*self.settings)
    }
}

/// One training: one method, one setting, one seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// Hash of everything that changes the result; see `identity`.
    pub id: String,
    /// The name under which the run's cell is shown. Not part of the identity.
    pub label: String,
    /// The dataset.
    pub data: ComponentConfig,
    /// Which of the examples are used, and how.
    pub data_options: DataOptions,
    /// The architecture.
    pub model: ComponentConfig,
    /// Scale of the hidden units of the reference model, the dense net that shares refer to.
    pub model_width: f64,
    /// Weights to start from; random ones if `None`.
    pub weights: Option<GivenWeights>,
    /// How it is trained.
    pub train: Train,
    /// The tasks, in order; empty if there is a single one, the data as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Task>,
    /// The method.
    pub method: ComponentConfig,
    /// What the target is a share of.
    pub budget: BudgetKind,
    /// The share of the budget that it may use; `None` for methods that have no target.
    pub target: Option<f64>,
    /// Scale of the hidden units on top of `model_width`; 1 for most.
    pub width: f64,
    /// If the net is as wide as the budget allows, its shape: the exponent of a layer's own units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<f64>,
    /// Of all random streams.
    pub seed: u64,
    /// Ids of runs whose results this one needs. They replace the labels of an experiment in the
    /// method's settings, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

impl RunSpec {
    /// Lists the later tasks: the number of each, counted from 1, the task, and its epochs.
    pub fn later_phases(&self) -> impl Iterator<Item = (u32, &Task, u32)> {
        let placed = self.phases.iter().enumerate();
        placed.filter_map(|(place, task)| Some((place as u32 + 1, task, self.epochs_of(place)?)))
    }

    /// Returns the epochs of a later task, by its place in `phases`. `None` if it is not one.
    pub fn epochs_of(&self, place: usize) -> Option<u32> {
        let task = self.phases.get(place).filter(|_| place > 0)?;
        Some(task.epochs.unwrap_or(self.train.epochs))
    }

    /// Counts the epochs of training in all tasks.
    pub fn epochs(&self) -> u32 {
        self.train.epochs + self.later_phases().map(|(_, _, epochs)| epochs).sum::<u32>()
    }
}
