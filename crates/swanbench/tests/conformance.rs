//! What every method must do on every small model, whatever it is called.

#[path = "support/training.rs"]
mod training;

use swanbench_core::{MethodEntry, ModelEntry};
use swanbench_data::Dataset;
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{BatchNormStats, Control, Mode, RunRecord, Stage};
use training::{
    RequestedRun, TARGET, defaults, digits, small_models, trained, trained_in_two_parts,
};

const ASKED: RequestedRun =
    RequestedRun { width: 0.5, epochs: 10, recovery_epochs: 3, seed: 0, batch_size: 32 };

/// Calls `check` with every pair of a method and a model, trained once.
fn for_each_pair(check: impl Fn(&str, &MethodEntry, &ModelEntry, &Dataset, &RunRecord)) {
    swanbench_torch::prepare_thread().unwrap();
    let data = digits(667);
    for method in METHODS {
        for model in small_models() {
            let what = format!("{} on {}", method.kind().name, model.kind().name);
            let record = trained(method, model, &data, ASKED);
            check(&what, method, model, &data, &record);
        }
    }
}

#[test]
fn every_method_trains_every_model_within_bounds_and_the_same_way_twice() {
    for_each_pair(|what, method, model, data, record| {
        learns(what, record);
        has_its_rows(what, method, record);
        stays_within_bounds(what, record);
        let mut again = trained(method, model, data, ASKED);
        again.wall_secs = record.wall_secs;
        assert_eq!(&again, record, "{what}: a seed gives one result");
        let other = trained(method, model, data, RequestedRun { seed: 1, ..ASKED });
        assert_ne!(other.epochs, record.epochs, "{what}: another seed gives another");
    });
}

/// What a method keeps in its state must be all that decides how it goes on.
#[test]
fn every_method_goes_on_from_a_checkpoint_of_either_stage_to_the_same_bits() {
    swanbench_torch::prepare_thread().unwrap();
    let data = digits(300);
    let asked = RequestedRun { epochs: 6, ..ASKED };
    for method in METHODS {
        for model in small_models() {
            let what = format!("{} on {}", method.kind().name, model.kind().name);
            let whole = trained(method, model, &data, asked);
            for epoch in [2, 3, 5] {
                let mut parts = trained_in_two_parts(method, model, &data, asked, epoch);
                parts.wall_secs = whole.wall_secs;
                assert_eq!(parts, whole, "{what}, stopped after epoch {epoch}");
            }
        }
    }
}

/// A few steps of every architecture, thin: gradients flow, and what is counted adds up.
#[test]
fn every_method_steps_on_every_model() {
    swanbench_torch::prepare_thread().unwrap();
    let data = digits(100);
    let asked =
        RequestedRun { width: 0.06, epochs: 2, recovery_epochs: 1, seed: 0, batch_size: 32 };
    for model in MODELS {
        for method in METHODS {
            let what = format!("{} on {}", method.kind().name, model.kind().name);
            let record = trained(method, model, &data, asked);
            stays_within_bounds(&what, &record);
        }
    }
}

/// What a budget is for: hard gates, at inference, on examples that were not trained on.
#[test]
fn swan_keeps_its_budget_on_every_model() {
    for_each_pair(|what, method, _, _, record| {
        if method.kind().name == "swan" {
            let last = record.headline().unwrap();
            assert!(last.activity <= 1.15 * TARGET, "{what}: {last:?}");
        }
    });
}

fn learns(what: &str, record: &RunRecord) {
    let losses: Vec<f64> = record.epochs.iter().map(|epoch| epoch.train_loss).collect();
    assert_eq!(losses.len(), 10, "{what}: recovery is part of the epochs");
    assert!(losses.last() < losses.first(), "{what}: the loss falls: {losses:?}");
    let last = record.headline().unwrap();
    // Ten classes; strong dropout learns slowly.
    assert!(last.test_accuracy > 0.3, "{what}: {} is not far from chance", last.test_accuracy);
}

fn has_its_rows(what: &str, method: &MethodEntry, record: &RunRecord) {
    let built = method.build(&defaults(&method.kind()), TARGET).unwrap();
    let stages: &[Stage] =
        if built.recovers() { &[Stage::Training, Stage::Recovery] } else { &[Stage::Training] };
    let expected: Vec<(Stage, Mode)> = stages
        .iter()
        .flat_map(|&stage| built.modes().iter().map(move |&mode| (stage, mode)))
        .collect();
    let conditions = record.evaluations.iter().map(|row| row.conditions);
    let plain = conditions
        .filter(|row| row.has_own_gates() && row.batch_norm_stats == BatchNormStats::Trained);
    let rows: Vec<_> = plain.map(|row| (row.stage, row.mode)).collect();
    assert_eq!(rows, expected, "{what}");
    controls_cost_the_same(what, record);
    let sites: u64 = record.sites.iter().map(|site| site.units).sum();
    let parts = record.sites.iter();
    let parts = parts.map(|site| site.always_open + site.input_dependent + site.always_closed);
    assert_eq!(sites, parts.sum::<u64>(), "{what}");
    let mean = record.examples.iter().map(|example| example.unit_flops).sum::<f64>()
        / record.examples.len() as f64;
    let last = record.headline().unwrap();
    assert!((mean / last.unit_flops - 1.0).abs() < 1e-9, "{what}: {mean}, {last:?}");
}

/// Where gates depend on the example there is a row for every control, at the same activity; and
/// none where they do not.
fn controls_cost_the_same(what: &str, record: &RunRecord) {
    let own = record.headline().unwrap();
    let depends = record.sites.iter().any(|site| site.input_dependent > 0);
    let of =
        |control| record.evaluations.iter().find(|row| row.conditions.control == Some(control));
    if let Some(shuffled) = of(Control::Shuffled) {
        assert!((shuffled.unit_flops / own.unit_flops - 1.0).abs() < 1e-9, "{what}: {shuffled:?}");
        // Habits are watched on other examples, and whole units are kept.
        for control in [Control::Frozen, Control::Random] {
            let row = of(control).unwrap();
            assert!((row.activity / own.activity - 1.0).abs() < 0.2, "{what}: {row:?}, {own:?}");
        }
    } else {
        assert!(!depends, "{what}: gates depend on the input");
    }
}

fn stays_within_bounds(what: &str, record: &RunRecord) {
    for row in &record.evaluations {
        for share in [row.test_accuracy, row.val_accuracy, row.activity] {
            assert!((0.0..=1.0).contains(&share), "{what}: {row:?}");
        }
        let dense = row.unit_flops / row.unit_flops_share;
        assert!(row.unit_flops >= row.gate_flops && row.gate_flops >= 0.0, "{what}: {row:?}");
        assert!(row.unit_flops - row.gate_flops <= dense * (1.0 + 1e-9), "{what}: {row:?}");
        assert!(row.weight_flops <= row.unit_flops * (1.0 + 1e-9), "{what}: {row:?}");
        let order = [row.flops_p5, row.flops_p50, row.flops_p95, row.flops_max];
        assert!(order.is_sorted() && row.unit_flops <= row.flops_max + 1e-6, "{what}: {row:?}");
        if row.conditions.mode == Mode::Soft {
            let whole = (row.unit_flops - row.gate_flops - dense).abs() < 1e-6 * dense;
            assert!(whole, "{what}: soft gates save nothing: {row:?}");
        }
    }
}
