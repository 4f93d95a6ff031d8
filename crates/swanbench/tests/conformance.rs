//! What every method must do on every small model: `swanbench-conformance` on our slices.

use swanbench_conformance::{check_checkpoints, check_steps, check_training};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;

#[test]
fn every_method_trains_every_small_model() {
    check_training(METHODS, MODELS);
}

#[test]
fn every_method_continues_from_a_checkpoint() {
    check_checkpoints(METHODS, MODELS);
}

#[test]
fn every_method_steps_on_every_model() {
    check_steps(METHODS, MODELS);
}
