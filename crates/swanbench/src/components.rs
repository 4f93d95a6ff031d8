//! The model and method that a run names.

use swanbench_core::{BuildError, Model, ModelBuilder, Regularizer};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{ComponentConfig, RunSpec};

/// Builds a model; `width` scales its hidden units.
pub fn model(
    config: &ComponentConfig,
    input: [i64; 3],
    classes: i64,
    width: f64,
) -> Result<Box<dyn Model>, BuildError> {
    let entry = MODELS.iter().find(|entry| entry.info().name == config.kind);
    let entry = entry.expect("the check knows the same models");
    entry.build(config, ModelBuilder::new(input, classes, width))
}

/// Builds the run's method before training.
pub fn method(run: &RunSpec) -> Result<Box<dyn Regularizer>, BuildError> {
    let entry = METHODS.iter().find(|entry| entry.info().name == run.method.kind);
    let entry = entry.expect("the check knows the same methods");
    entry.build(&run.method, run.target.unwrap_or(1.0))
}
