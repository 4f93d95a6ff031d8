//! Checks of one run's record.

use swanbench_core::MethodEntry;
use swanbench_spec::{BatchNormStats, Control, Mode, RunRecord, Stage};

use crate::training::{TARGET, defaults};

pub fn learns(name: &str, method: &MethodEntry, record: &RunRecord) {
    let losses: Vec<f64> = record.epochs.iter().map(|epoch| epoch.train_loss).collect();
    assert_eq!(losses.len(), 10, "{name}: recovery is part of the epochs");
    assert!(losses.last() < losses.first(), "{name}: the loss falls: {losses:?}");
    let accuracy = record.headline().unwrap().test_accuracy;
    let expected = method.expected.digits_accuracy;
    assert!(accuracy > expected, "{name}: {accuracy}, expected above {expected}");
}

/// At inference, on examples that were not trained on, no more is used than the target.
pub fn keeps_its_budget(name: &str, method: &MethodEntry, record: &RunRecord) {
    if method.info().takes_target && method.expected.meets_budget {
        let used = record.headline().unwrap().weight_flops_share;
        assert!(used <= 1.03 * TARGET, "{name}: {used} of the FLOPs at a target of {TARGET}");
    }
}

pub fn has_its_rows(name: &str, method: &MethodEntry, record: &RunRecord) {
    let built = method.build(&defaults(&method.info())).unwrap();
    let capabilities = built.capabilities();
    let stages: &[Stage] = if capabilities.recovers {
        &[Stage::Training, Stage::Recovery]
    } else {
        &[Stage::Training]
    };
    let modes = |&stage| capabilities.modes.iter().map(move |&mode| (stage, mode));
    let expected: Vec<(Stage, Mode)> = stages.iter().flat_map(modes).collect();
    let conditions = record.evaluations.iter().map(|row| row.conditions);
    let plain = conditions
        .filter(|row| row.has_own_gates() && row.batch_norm_stats == BatchNormStats::Trained);
    let rows: Vec<_> = plain.map(|row| (row.stage, row.mode)).collect();
    assert_eq!(rows, expected, "{name}");
    controls_cost_the_same(name, record);
    let units: u64 = record.sites.iter().map(|site| site.units).sum();
    let sites = record.sites.iter();
    let parts = sites.map(|site| site.always_open + site.input_dependent + site.always_closed);
    assert_eq!(units, parts.sum::<u64>(), "{name}");
    let flops: f64 = record.examples.iter().map(|example| example.unit_flops).sum();
    let mean = flops / record.examples.len() as f64;
    let last = record.headline().unwrap();
    assert!((mean / last.unit_flops - 1.0).abs() < 1e-9, "{name}: {mean}, {last:?}");
}

/// If gates depend on the example there is a row for every control, at the same activity; else
/// there is none.
fn controls_cost_the_same(name: &str, record: &RunRecord) {
    let own = record.headline().unwrap();
    let depends = record.sites.iter().any(|site| site.input_dependent > 0);
    let of =
        |control| record.evaluations.iter().find(|row| row.conditions.control == Some(control));
    if let Some(shuffled) = of(Control::Shuffled) {
        assert!((shuffled.unit_flops / own.unit_flops - 1.0).abs() < 1e-9, "{name}: {shuffled:?}");
        // Gate statistics come from other examples, and whole units are kept.
        for control in [Control::Frozen, Control::Random] {
            let row = of(control).unwrap();
            assert!((row.activity / own.activity - 1.0).abs() < 0.2, "{name}: {row:?}, {own:?}");
        }
    } else {
        assert!(!depends, "{name}: gates depend on the input");
    }
}

pub fn stays_within_bounds(name: &str, record: &RunRecord) {
    for row in &record.evaluations {
        for share in [row.test_accuracy, row.val_accuracy, row.activity] {
            assert!((0.0..=1.0).contains(&share), "{name}: {row:?}");
        }
        let dense = row.unit_flops / row.unit_flops_share;
        assert!(row.unit_flops >= row.gate_flops && row.gate_flops >= 0.0, "{name}: {row:?}");
        assert!(row.unit_flops - row.gate_flops <= dense * (1.0 + 1e-9), "{name}: {row:?}");
        assert!(row.weight_flops <= row.unit_flops * (1.0 + 1e-9), "{name}: {row:?}");
        let order = [row.flops_p5, row.flops_p50, row.flops_p95, row.flops_max];
        assert!(order.is_sorted() && row.unit_flops <= row.flops_max + 1e-6, "{name}: {row:?}");
        if row.conditions.mode == Mode::Soft {
            let whole = (row.unit_flops - row.gate_flops - dense).abs() < 1e-6 * dense;
            assert!(whole, "{name}: soft gates save nothing: {row:?}");
        }
    }
}
