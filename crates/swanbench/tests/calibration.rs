//! Methods against a dataset whose truth is known: one unit can classify easy examples, hard ones
//! need several. See `swanbench-data/src/planted.rs`.

use swanbench_conformance::{RequestedRun, check_planted, dataset, trained};
use swanbench_core::{MethodEntry, ModelEntry};
use swanbench_data::Planted;
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{Control, Evaluation, RunRecord};

const REQUEST: RequestedRun =
    RequestedRun { width: 0.5, epochs: 15, recovery_epochs: 4, seed: 0, batch_size: 64 };

fn method(name: &str) -> &'static MethodEntry {
    METHODS.iter().find(|method| method.info().name == name).unwrap()
}

fn mlp() -> &'static ModelEntry {
    MODELS.iter().find(|model| model.info().name == "mlp").unwrap()
}

/// Averages the FLOPs of the easy and of the hard test examples.
fn costs(record: &RunRecord) -> (f64, f64) {
    let truth = Planted::default();
    let mean = |hard: bool| {
        let costs: Vec<f64> = (0..)
            .zip(&record.examples)
            .filter(|(index, _)| truth.is_hard(*index) == hard)
            .map(|(_, example)| example.unit_flops)
            .collect();
        costs.iter().sum::<f64>() / costs.len() as f64
    };
    (mean(false), mean(true))
}

#[test]
fn every_method_finds_the_planted_structure() {
    check_planted(METHODS, mlp());
}

#[test]
fn input_dependent_gates_spend_more_on_hard_examples() {
    swanbench_torch::prepare_thread().unwrap();
    let data = dataset("planted", None);
    let record = trained(method("swan"), mlp(), &data, REQUEST);
    let (easy, hard) = costs(&record);
    assert!(hard > 1.5 * easy, "easy {easy}, hard {hard}");
    // The same gates, each for another example, are worth less; so are those that never change.
    let own = record.headline().unwrap().test_accuracy;
    for control in [Control::Shuffled, Control::Random, Control::Frozen] {
        let is_control = |row: &&Evaluation| row.conditions.control == Some(control);
        let row = record.evaluations.iter().find(is_control).unwrap();
        assert!(row.test_accuracy < own - 0.02, "{own}, {row:?}");
    }
    // Gates that are the same for all examples cost the same for all.
    let fixed = trained(method("magnitude"), mlp(), &data, REQUEST);
    let (easy, hard) = costs(&fixed);
    assert_eq!(easy, hard);
}
