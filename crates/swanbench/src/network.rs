//! From the words of a run to a model and a method.

use swanbench_core::{BuildError, Model, ModelBuilder, Regularizer};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{ComponentConfig, RunSpec};

/// The model at a scale of its hidden units.
pub fn model(
    choice: &ComponentConfig,
    input: [i64; 3],
    classes: i64,
    width: f64,
) -> Result<Box<dyn Model>, BuildError> {
    let entry = MODELS
        .iter()
        .find(|entry| entry.kind().name == choice.kind)
        .expect("the check knows the same models");
    entry.build(choice, ModelBuilder::new(input, classes, width))
}

/// The run's method, before training.
pub fn method(run: &RunSpec) -> Result<Box<dyn Regularizer>, BuildError> {
    let entry = METHODS
        .iter()
        .find(|entry| entry.kind().name == run.method.kind)
        .expect("the check knows the same methods");
    entry.build(&run.method, run.target.unwrap_or(1.0))
}
