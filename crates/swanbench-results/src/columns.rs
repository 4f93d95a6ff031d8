//! The columns of every file of results: name, type, and where the value comes from.
//!
//! This is the only place that knows them. Writing takes the values from here, and reading checks
//! names and types against the same lists. Accuracies and shares lie in `[0, 1]`.

use swanbench_spec::{
    Control, Epoch, Evaluation, ExampleUse, Mode, RunSpec, SiteUse, Stage, Statistics,
};

use crate::{
    adaptivity::Group,
    column::{Column, Layout},
};

/// Stands in the metadata of every parquet file. Raise it when a column changes its meaning or
/// type, so that old files are refused, not misread.
pub const SCHEMA_VERSION: u32 = 4;

/// `status` of a run that finished.
pub const DONE: &str = "done";
/// `status` of a run that stopped early.
pub const FAILED: &str = "failed";

/// The word for a stage in the column `stage`.
#[must_use]
pub const fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Training => "raw",
        Stage::Recovery => "fine-tuned",
    }
}

/// The word for an evaluation mode in the column `mode`.
#[must_use]
pub const fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Hard => "hard",
        Mode::Soft => "soft",
    }
}

/// The word for normalisation statistics in the column `statistics`.
#[must_use]
pub const fn statistics_word(statistics: Statistics) -> &'static str {
    match statistics {
        Statistics::Trained => "trained",
        Statistics::Recalibrated => "recalibrated",
    }
}

/// The word for what replaced a method's gates in the column `control`.
#[must_use]
pub const fn control_word(control: Control) -> &'static str {
    match control {
        Control::Frozen => "frozen",
        Control::Shuffled => "shuffled",
        Control::Random => "random",
    }
}

/// A run as it was asked for.
pub(crate) struct RequestedRun<'a> {
    pub experiment: &'a str,
    pub run: &'a RunSpec,
}

/// What a run measured at one stage and mode, or that it did not get there.
pub(crate) struct Measured<'a> {
    pub evaluation: Option<&'a Evaluation>,
    pub train_flops: Option<f64>,
    pub wall_secs: f64,
    pub device: &'a str,
}

/// How a run ended.
pub(crate) struct Outcome {
    /// Why it failed; none where it is done.
    pub reason: Option<String>,
}

pub(crate) fn asked<'a>() -> Vec<Column<RequestedRun<'a>>> {
    vec![
        Column::text("experiment", |row| Some(row.experiment.to_owned())),
        Column::text("run_id", |row| Some(row.run.id.clone())),
        Column::text("method", |row| Some(row.run.method.kind.clone())),
        Column::text("label", |row| Some(row.run.label.clone())),
        Column::text("model", |row| Some(row.run.model.kind.clone())),
        Column::text("data", |row| Some(row.run.data.kind.clone())),
        Column::count("seed", |row| Some(row.run.seed)),
        Column::number("target_activity", |row| row.run.target),
        Column::count("epochs", |row| Some(row.run.epochs().into())),
    ]
}

/// The columns of `evaluations.parquet`, which stand in `runs.parquet` too.
pub(crate) fn measured<'a>() -> Vec<Column<Measured<'a>>> {
    vec![
        Column::count("phase", |row: &Measured| Some(row.evaluation?.phase.into())),
        Column::text("stage", |row| Some(stage_word(row.evaluation?.stage).to_owned())),
        Column::text("mode", |row| Some(mode_word(row.evaluation?.mode).to_owned())),
        Column::text("statistics", |row| {
            Some(statistics_word(row.evaluation?.statistics).to_owned())
        }),
        Column::text("control", |row| Some(control_word(row.evaluation?.control?).to_owned())),
        Column::number("threshold", |row| row.evaluation?.threshold),
        Column::number("test_accuracy", |row| Some(row.evaluation?.test_accuracy)),
        Column::number("val_accuracy", |row| Some(row.evaluation?.val_accuracy)),
        Column::number("test_loss", |row| Some(row.evaluation?.test_loss)),
        Column::number("activity", |row| Some(row.evaluation?.activity)),
        Column::number("unit_flops", |row| Some(row.evaluation?.unit_flops)),
        Column::number("unit_flops_share", |row| Some(row.evaluation?.unit_flops_share)),
        Column::number("weight_flops", |row| Some(row.evaluation?.weight_flops)),
        Column::number("weight_flops_share", |row| Some(row.evaluation?.weight_flops_share)),
        Column::number("gate_flops", |row| Some(row.evaluation?.gate_flops)),
        Column::number("flops_p5", |row| Some(row.evaluation?.flops_p5)),
        Column::number("flops_p50", |row| Some(row.evaluation?.flops_p50)),
        Column::number("flops_p95", |row| Some(row.evaluation?.flops_p95)),
        Column::number("flops_max", |row| Some(row.evaluation?.flops_max)),
        Column::count("params", |row| Some(row.evaluation?.params)),
        Column::number("params_share", |row| Some(row.evaluation?.params_share)),
        Column::number("train_flops", |row| row.train_flops),
        Column::number("wall_secs", |row| Some(row.wall_secs)),
        Column::text("device", |row| Some(row.device.to_owned())),
    ]
}

pub(crate) fn outcome() -> Vec<Column<Outcome>> {
    vec![
        Column::text("status", |row| {
            Some(if row.reason.is_some() { FAILED } else { DONE }.to_owned())
        }),
        Column::text("reason", |row| row.reason.clone()),
    ]
}

/// The columns of `epochs.parquet`.
pub(crate) fn epochs() -> Vec<Column<Epoch>> {
    vec![
        Column::count("epoch", |row: &Epoch| Some(row.epoch.into())),
        Column::count("phase", |row| Some(row.phase.into())),
        Column::text("stage", |row| Some(stage_word(row.stage).to_owned())),
        Column::number("train_loss", |row| Some(row.train_loss)),
        Column::number("penalty", |row| Some(row.penalty)),
        Column::number("val_accuracy", |row| Some(row.val_accuracy)),
        Column::number("activity", |row| Some(row.activity)),
        Column::number("soft_accuracy", |row| row.soft_accuracy),
        Column::number("soft_activity", |row| row.soft_activity),
        Column::number("ramp", |row| row.ramp),
    ]
}

/// The columns of `sites.parquet`.
pub(crate) fn sites() -> Vec<Column<SiteUse>> {
    vec![
        Column::count("phase", |row: &SiteUse| Some(row.phase.into())),
        Column::text("stage", |row| Some(stage_word(row.stage).to_owned())),
        Column::text("site", |row| Some(row.site.clone())),
        Column::count("units", |row| Some(row.units)),
        Column::count("always_open", |row| Some(row.always_open)),
        Column::count("input_dependent", |row| Some(row.input_dependent)),
        Column::count("always_closed", |row| Some(row.always_closed)),
        Column::number("activity", |row| Some(row.activity)),
        Column::number("entropy", |row| Some(row.entropy)),
    ]
}

/// The run that a row belongs to, in the files over all runs of an experiment.
pub(crate) fn owner<'a>() -> Vec<Column<RequestedRun<'a>>> {
    vec![
        Column::text("run_id", |row| Some(row.run.id.clone())),
        Column::text("label", |row| Some(row.run.label.clone())),
        Column::count("seed", |row| Some(row.run.seed)),
        Column::number("target_activity", |row| row.run.target),
    ]
}

/// The columns of `adaptivity.parquet`.
pub(crate) fn groups() -> Vec<Column<Group>> {
    vec![
        Column::text("by", |row: &Group| Some(row.by.word().to_owned())),
        Column::count("index", |row| Some(row.index)),
        Column::count("examples", |row| Some(row.examples)),
        Column::number("unit_flops_share", |row| Some(row.unit_flops_share)),
        Column::number("dense_loss", |row| row.dense_loss),
        Column::number("correlation", |row| row.correlation),
    ]
}

/// The columns of `examples.parquet`.
pub(crate) fn examples() -> Vec<Column<ExampleUse>> {
    vec![
        Column::count("label", |row: &ExampleUse| Some(row.label)),
        Column::count("predicted", |row| Some(row.predicted)),
        Column::number("loss", |row| Some(row.loss)),
        Column::number("unit_flops", |row| Some(row.unit_flops)),
    ]
}

/// The layout of `runs.parquet`.
pub(crate) fn runs() -> Layout {
    Layout::of(&asked()).and(Layout::of(&measured())).and(Layout::of(&outcome()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_those_of_the_record() {
        for stage in [Stage::Training, Stage::Recovery] {
            assert_eq!(json!(stage), json!(stage_word(stage)));
        }
        for mode in [Mode::Hard, Mode::Soft] {
            assert_eq!(json!(mode), json!(mode_word(mode)));
        }
        for statistics in [Statistics::Trained, Statistics::Recalibrated] {
            assert_eq!(json!(statistics), json!(statistics_word(statistics)));
        }
    }

    #[test]
    fn words_for_controls_are_those_of_the_record() {
        for control in [Control::Frozen, Control::Shuffled, Control::Random] {
            assert_eq!(json!(control), json!(control_word(control)));
        }
    }

    /// A reader's scripts depend on these names: changing one needs a new [`SCHEMA_VERSION`].
    #[test]
    fn the_columns_of_runs_are_pinned() {
        assert_eq!(
            runs().names().join(" "),
            "experiment run_id method label model data seed target_activity epochs phase stage mode \
             statistics control threshold test_accuracy val_accuracy test_loss activity unit_flops \
             unit_flops_share weight_flops weight_flops_share gate_flops flops_p5 flops_p50 flops_p95 flops_max \
             params params_share train_flops wall_secs device status reason"
        );
    }
}
