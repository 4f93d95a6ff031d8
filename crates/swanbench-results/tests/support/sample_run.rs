//! A run and what it measured, made up.

use serde_json::json;
use swanbench_spec::{
    ComponentConfig, Conditions, DataOptions, Epoch, Evaluation, ExampleUse, RunRecord, RunSpec,
    SiteUse, Stage, Train,
};

fn choice(kind: &str) -> ComponentConfig {
    ComponentConfig::new(kind, json!({}))
}

/// A run of pruning.
pub fn run(id: &str, label: &str, target: Option<f64>, seed: u64) -> RunSpec {
    RunSpec {
        id: id.to_owned(),
        label: label.to_owned(),
        data: choice("mnist-5k"),
        data_options: DataOptions::default(),
        model: choice("mlp"),
        model_width: 1.0,
        weights: None,
        train: Train { epochs: 7, ..Train::default() },
        method: choice("magnitude"),
        target,
        budget: swanbench_spec::BudgetKind::Flops,
        width: 1.0,
        shape: None,
        seed,
        phases: Vec::new(),
        sources: Vec::new(),
    }
}

fn evaluation(stage: Stage, test_accuracy: f64) -> Evaluation {
    Evaluation {
        conditions: Conditions::headline(1, stage),
        test_accuracy,
        val_accuracy: 0.93,
        test_loss: f64::NAN,
        activity: 0.25,
        unit_flops: 133_100.0,
        unit_flops_share: 0.25,
        weight_flops: 66_550.0,
        weight_flops_share: 0.125,
        gate_flops: 12.0,
        weights_share: 1.0,
        still_open: None,
        varying_units: 3,
        flops_p5: 1.0,
        flops_p50: 2.0,
        flops_p95: 3.0,
        flops_max: 4.0,
        params: 66_610,
        params_share: 0.25,
    }
}

fn site() -> SiteUse {
    SiteUse {
        task_index: 1,
        stage: Stage::Recovery,
        site: "fc1".to_owned(),
        units: 4,
        always_open: 1,
        input_dependent: 2,
        always_closed: 1,
        activity: 0.5,
        entropy: 0.4,
    }
}

fn example() -> ExampleUse {
    ExampleUse { label: 7, predicted: 9, loss: 1.5, unit_flops: 133_100.0 }
}

/// What it measured at two stages.
pub fn record() -> RunRecord {
    RunRecord {
        evaluations: vec![evaluation(Stage::Training, 0.4), evaluation(Stage::Recovery, 0.9)],
        epochs: vec![Epoch {
            epoch: 1,
            task_index: 1,
            stage: Stage::Training,
            train_loss: 0.5,
            penalty: 0.0,
            val_accuracy: 0.8,
            activity: 1.0,
            soft_accuracy: None,
            soft_activity: None,
            ramp: None,
        }],
        sites: vec![site()],
        examples: vec![example()],
        train_flops: 1e12,
        wall_secs: 4.5,
    }
}
