//! Rows with round numbers, for tests of what is made from rows.

use std::sync::Arc;

use swanbench_spec::{Conditions, Evaluation};

use crate::rows::{RunCost, RunKey, RunRef, RunRow, Status};

/// Returns a run with a label, a target and a seed.
pub fn run(label: &str, target: Option<f64>, seed: u64) -> RunKey {
    let word = |text: &str| text.to_owned();
    RunKey {
        experiment: word("trial"),
        run_id: format!("{label} {target:?} {seed}"),
        method: word("method"),
        label: word(label),
        model: word("mlp"),
        data: word("digits"),
        seed,
        target_activity: target,
        epochs: 20,
    }
}

/// Returns the reference to such a run.
pub fn run_ref(label: &str, target: Option<f64>, seed: u64) -> Arc<RunRef> {
    let RunKey { run_id, label, seed, target_activity, .. } = run(label, target, seed);
    Arc::new(RunRef { run_id, label, seed, target_activity })
}

/// Returns an evaluation with one share of a dense model of 1000 FLOPs.
pub fn evaluation(conditions: Conditions, test_accuracy: f64, share: f64) -> Evaluation {
    let flops = 1000.0 * share;
    Evaluation {
        conditions,
        test_accuracy,
        val_accuracy: test_accuracy,
        test_loss: 0.5,
        activity: share,
        unit_flops: flops,
        unit_flops_share: share,
        weight_flops: flops,
        weight_flops_share: share,
        weights_share: 1.0,
        gate_flops: 0.0,
        varying_units: 0,
        still_open: None,
        flops_p5: flops,
        flops_p50: flops,
        flops_p95: flops,
        flops_max: flops,
        params: 100,
        params_share: share,
    }
}

/// Returns a row of a run that is done.
pub fn done(run: impl Into<Arc<RunKey>>, evaluation: Evaluation) -> RunRow {
    let cost = RunCost { train_flops: Some(1e9), wall_secs: 3.0, machine: "cpu".into() };
    RunRow {
        run: run.into(),
        evaluation: Some(evaluation),
        cost: cost.into(),
        status: Status::Done,
        reason: None,
    }
}

/// Returns the row of a run that failed.
pub fn failed(run: impl Into<Arc<RunKey>>) -> RunRow {
    let cost = RunCost { train_flops: None, wall_secs: 1.0, machine: "cpu".into() };
    let reason = Some("the loss is not a number".to_owned());
    RunRow { run: run.into(), evaluation: None, cost: cost.into(), status: Status::Failed, reason }
}
