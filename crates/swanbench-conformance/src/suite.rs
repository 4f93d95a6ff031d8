//! The suite: each check trains pairs of a method and a model.

use swanbench_core::{MethodEntry, ModelEntry};

use crate::{
    checks,
    training::{
        RequestedRun, dataset, digits, reaches_target, small_models, trained, trained_in_two_parts,
    },
};

/// Long enough for every method to learn digits.
const LEARNING: RequestedRun =
    RequestedRun { width: 0.5, epochs: 10, recovery_epochs: 3, seed: 0, batch_size: 32 };
/// Long enough for both stages to have a middle.
const INTERRUPTED: RequestedRun = RequestedRun { epochs: 6, ..LEARNING };
/// A few steps of a thin model.
const SHORT: RequestedRun = RequestedRun { width: 0.06, epochs: 2, recovery_epochs: 1, ..LEARNING };
/// Long enough for every method to find the planted structure.
const PLANTED: RequestedRun =
    RequestedRun { width: 0.5, epochs: 15, recovery_epochs: 4, seed: 0, batch_size: 64 };

/// Runs all checks. The first of `models` must be small enough to train in seconds.
pub fn check_all(methods: &[MethodEntry], models: &[ModelEntry]) {
    check_training(methods, models);
    check_checkpoints(methods, models);
    check_steps(methods, models);
    check_planted(methods, &models[0]);
}

/// Checks that every method trains every small model: it learns, has its rows, stays within
/// bounds and its budget, and a seed gives one result.
pub fn check_training(methods: &[MethodEntry], models: &[ModelEntry]) {
    swanbench_torch::prepare_thread().unwrap();
    let data = digits(667);
    for_each_pair(methods, small_models(models), |name, method, model| {
        let record = trained(method, model, &data, LEARNING);
        checks::learns(name, method, &record);
        checks::has_its_rows(name, method, &record);
        checks::stays_within_bounds(name, &record);
        if reaches_target(method, model, LEARNING.width) {
            checks::keeps_its_budget(name, method, &record);
        }
        let mut again = trained(method, model, &data, LEARNING);
        again.wall_secs = record.wall_secs;
        assert_eq!(again, record, "{name}: a seed gives one result");
        let other = trained(method, model, &data, RequestedRun { seed: 1, ..LEARNING });
        assert_ne!(other.epochs, record.epochs, "{name}: another seed gives another");
    });
}

/// Checks that every method continues from a checkpoint of either stage to the same bits: its
/// state must hold all that decides how it continues.
pub fn check_checkpoints(methods: &[MethodEntry], models: &[ModelEntry]) {
    swanbench_torch::prepare_thread().unwrap();
    let data = digits(300);
    for_each_pair(methods, small_models(models), |name, method, model| {
        let whole = trained(method, model, &data, INTERRUPTED);
        for epoch in [2, 3, 5] {
            let mut parts = trained_in_two_parts(method, model, &data, INTERRUPTED, epoch);
            parts.wall_secs = whole.wall_secs;
            assert_eq!(parts, whole, "{name}, stopped after epoch {epoch}");
        }
    });
}

/// Checks a few steps of every method on every model, thin: gradients flow, and costs add up.
pub fn check_steps(methods: &[MethodEntry], models: &[ModelEntry]) {
    swanbench_torch::prepare_thread().unwrap();
    let data = digits(100);
    for_each_pair(methods, models, |name, method, model| {
        checks::stays_within_bounds(name, &trained(method, model, &data, SHORT));
    });
}

/// Checks that every method finds the structure of planted data with a quarter of the net.
pub fn check_planted(methods: &[MethodEntry], model: &ModelEntry) {
    swanbench_torch::prepare_thread().unwrap();
    let data = dataset("planted", None);
    for_each_pair(methods, [model], |name, method, model| {
        let record = trained(method, model, &data, PLANTED);
        let found = record.headline().unwrap().test_accuracy;
        assert!(found > method.expected.planted_accuracy, "{name}: {found}");
    });
}

fn for_each_pair<'a>(
    methods: &[MethodEntry],
    models: impl IntoIterator<Item = &'a ModelEntry>,
    check: impl Fn(&str, &MethodEntry, &ModelEntry),
) {
    for model in models {
        for method in methods {
            let name = format!("{} on {}", method.info().name, model.info().name);
            check(&name, method, model);
        }
    }
}
