//! Rows with round numbers, for tests.

use swanbench_spec::{Conditions, Evaluation};

use crate::rows::{EvaluationRow, RunCost, RunKey, RunRow};

/// A run with a label, a target and a seed.
pub(crate) fn run(label: &str, target: Option<f64>, seed: u64) -> RunKey {
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

/// An evaluation of a dense model of 1000 FLOPs.
pub(crate) fn evaluation(conditions: Conditions, test_accuracy: f64, share: f64) -> Evaluation {
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
        gate_flops: 0.0,
        flops_p5: flops,
        flops_p50: flops,
        flops_p95: flops,
        flops_max: flops,
        params: 100,
        params_share: share,
    }
}

/// A row of a run that is done.
pub(crate) fn row(run: RunKey, evaluation: Evaluation) -> RunRow {
    let cost = RunCost { train_flops: Some(1e9), wall_secs: 3.0, device: "cpu".to_owned() };
    RunRow::done(run, EvaluationRow { evaluation, cost })
}
