//! Rows of the files of results; their fields are the columns.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use swanbench_spec::{Epoch, Evaluation, Metric, RunSpec, SiteUse, columns, words};

use crate::{Failure, Machine, adaptivity::ExampleGroup};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It finished.
    Done,
    /// It stopped early.
    Failed,
}

words!(Status);

columns! {
    /// A run as it was requested.
    #[derive(Debug, Clone, PartialEq, Default)]
    pub struct RunKey {
        /// The name of the experiment.
        pub experiment: String,
        /// The hash of everything that changes the result.
        pub run_id: String,
        /// The name of the method.
        pub method: String,
        /// The name under which the run is reported.
        pub label: String,
        /// The name of the model.
        pub model: String,
        /// The name of the dataset.
        pub data: String,
        /// The seed of everything random.
        pub seed: u64,
        /// The share of the budget to keep, in `[0, 1]`. `None` if the method has no target.
        pub target_activity: Option<f64>,
        /// Epochs of all tasks together.
        pub epochs: u32,
    }
}

columns! {
    /// What a run cost.
    #[derive(Debug, Clone, PartialEq)]
    pub struct RunCost {
        /// FLOPs of all forward and backward passes. `None` if the run failed.
        pub train_flops: Option<f64>,
        /// Wall time in seconds.
        pub wall_secs: f64,
        /// Where the run was computed.
        pub machine: Machine,
    }
}

columns! {
    /// A row of a run's own file of evaluations.
    #[derive(Debug, Clone, PartialEq)]
    pub struct EvaluationRow {
        /// The evaluation.
        pub evaluation: Evaluation,
        /// The same in all rows of a run.
        pub cost: Arc<RunCost>,
    }
}

columns! {
    /// One evaluation of a run that is done, or a run that failed.
    #[derive(Debug, Clone, PartialEq)]
    pub struct RunRow {
        /// The run.
        pub run: Arc<RunKey>,
        /// What was measured. `None` if the run failed.
        pub evaluation: Option<Evaluation>,
        /// The same in all rows of a run.
        pub cost: Arc<RunCost>,
        /// How the run ended.
        pub status: Status,
        /// Why the run failed. `None` if it is done.
        pub reason: Option<String>,
    }
}

columns! {
    /// The run that a row of a file over all runs belongs to.
    #[derive(Debug, Clone, PartialEq)]
    pub struct RunRef {
        /// The hash of everything that changes the result.
        pub run_id: String,
        /// The name under which the run is reported.
        pub label: String,
        /// The seed of everything random.
        pub seed: u64,
        /// The share of the budget to keep, in `[0, 1]`. `None` if the method has no target.
        pub target_activity: Option<f64>,
    }
}

columns! {
    /// A row of one run in a file over all runs.
    #[derive(Debug, Clone, PartialEq)]
    pub struct OfRun<Row> {
        /// The run.
        pub run: Arc<RunRef>,
        /// The row.
        pub row: Row,
    }
}

/// One epoch of a run.
pub type EpochRow = OfRun<Epoch>;
/// One site of a run after a stage.
pub type SiteRow = OfRun<SiteUse>;
/// One group of test examples of a run.
pub type GroupRow = OfRun<ExampleGroup>;

impl RunKey {
    pub(crate) fn of(experiment: &str, run: &RunSpec) -> Self {
        Self {
            experiment: experiment.to_owned(),
            run_id: run.id.clone(),
            method: run.method.kind.clone(),
            label: run.label.clone(),
            model: run.model.kind.clone(),
            data: run.data.kind.clone(),
            seed: run.seed,
            target_activity: run.target,
            epochs: run.epochs(),
        }
    }
}

impl RunRow {
    pub(crate) fn done(run: Arc<RunKey>, row: EvaluationRow) -> Self {
        let EvaluationRow { evaluation, cost } = row;
        Self { run, evaluation: Some(evaluation), cost, status: Status::Done, reason: None }
    }

    pub(crate) fn failed(run: Arc<RunKey>, failure: Failure) -> Self {
        let Failure { reason, wall_secs, machine, .. } = failure;
        let cost = Arc::new(RunCost { train_flops: None, wall_secs, machine });
        Self { run, evaluation: None, cost, status: Status::Failed, reason: Some(reason) }
    }

    /// Returns what a claim or a published number is about. `None` if it was not measured.
    pub fn metric(&self, metric: Metric) -> Option<f64> {
        let evaluation = self.evaluation.as_ref()?;
        Some(match metric {
            Metric::TestAccuracy => evaluation.test_accuracy,
            Metric::ValAccuracy => evaluation.val_accuracy,
            Metric::TestLoss => evaluation.test_loss,
            Metric::Activity => evaluation.activity,
            Metric::UnitFlopsShare => evaluation.unit_flops_share,
            Metric::WeightFlopsShare => evaluation.weight_flops_share,
            Metric::ParamsShare => evaluation.params_share,
            Metric::TrainFlops => self.cost.train_flops?,
            Metric::WallSecs => self.cost.wall_secs,
        })
    }
}

impl RunRef {
    pub(crate) fn of(run: &RunSpec) -> Self {
        Self {
            run_id: run.id.clone(),
            label: run.label.clone(),
            seed: run.seed,
            target_activity: run.target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader's scripts depend on these names: changing one needs a new `SCHEMA_VERSION`.
    #[test]
    fn the_columns_of_runs_are_pinned() {
        let names = columns::list::<RunRow>().into_iter().map(|column| column.name);
        assert_eq!(
            names.collect::<Vec<_>>().join(" "),
            "experiment run_id method label model data seed target_activity epochs task_index \
             stage mode batch_norm_stats control threshold steps test_accuracy val_accuracy test_loss \
             activity unit_flops unit_flops_share weight_flops weight_flops_share weights_share gate_flops \
             varying_units still_open \
             flops_p5 flops_p50 flops_p95 flops_max params params_share train_flops wall_secs \
             device host processor status reason"
        );
    }
}
