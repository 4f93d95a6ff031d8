//! Methods against a dataset whose truth is known: easy examples that one unit tells apart, and hard
//! ones that take several. See `swanbench-data/src/planted.rs`.

#[path = "support/training.rs"]
mod training;

use swanbench_core::{MethodEntry, ModelEntry};
use swanbench_data::Planted;
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{Control, Evaluation, RunRecord};
use training::{RequestedRun, dataset, trained};

const ASKED: RequestedRun =
    RequestedRun { width: 0.5, epochs: 15, recovery_epochs: 4, seed: 0, batch_size: 64 };

/// What a method may lose with a quarter of the units, or of the weights. Dropout, of which no more than
/// a quarter learns in a step, loses the most.
const TOLERANCE: f64 = 0.1;

fn method(name: &str) -> &'static MethodEntry {
    METHODS.iter().find(|method| method.kind().name == name).unwrap()
}

fn mlp() -> &'static ModelEntry {
    MODELS.iter().find(|model| model.kind().name == "mlp").unwrap()
}

/// Mean FLOPs of the easy and of the hard test examples.
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
fn every_method_finds_the_planted_structure_with_a_quarter_of_the_net() {
    swanbench_torch::prepare_thread().unwrap();
    let data = dataset("planted", None);
    for method in METHODS {
        let record = trained(method, mlp(), &data, ASKED);
        let found = record.headline().unwrap().test_accuracy;
        assert!(found > 1.0 - TOLERANCE, "{}: {found}", method.kind().name);
    }
}

#[test]
fn gates_that_look_at_the_input_spend_more_on_hard_examples_and_earn_by_it() {
    swanbench_torch::prepare_thread().unwrap();
    let data = dataset("planted", None);
    let record = trained(method("swan"), mlp(), &data, ASKED);
    let (easy, hard) = costs(&record);
    assert!(hard > 1.5 * easy, "easy {easy}, hard {hard}");
    // The same gates, each for another example, are worth less; and so are those that never change.
    let own = record.headline().unwrap().test_accuracy;
    for control in [Control::Shuffled, Control::Random, Control::Frozen] {
        let is_control = |row: &&Evaluation| row.conditions.control == Some(control);
        let row = record.evaluations.iter().find(is_control).unwrap();
        assert!(row.test_accuracy < own - 0.02, "{own}, {row:?}");
    }
    // What is the same for all examples costs the same for all.
    let fixed = trained(method("magnitude"), mlp(), &data, ASKED);
    let (easy, hard) = costs(&fixed);
    assert_eq!(easy, hard);
}
