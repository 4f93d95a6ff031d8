//! The rows of the table as numbers.

use swanbench_results::Cell;
use swanbench_spec::{BatchNormStats, Conditions, Mode, Stage};

use super::fairness;
use crate::data::{report_data::ReportData, timings::timings_of};

/// A headline cell with what it is compared with. Accuracies and shares lie in `[0, 1]`; `None` if
/// something was not measured or does not exist.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub label: String,
    pub stage: Stage,
    pub n: usize,
    pub target: Option<f64>,
    pub test_accuracy: Option<f64>,
    /// Half the width of the 95% interval of the mean test accuracy.
    pub half_width: Option<f64>,
    /// The bounds of the interval, or the range of the seeds where it would leave `[0, 1]`.
    pub bounds: Option<(f64, f64)>,
    /// Test accuracy less the reference's.
    pub gap: Option<f64>,
    /// The p value of a test of the gap, adjusted for the number of cells.
    pub gap_p: Option<f64>,
    pub activity: Option<f64>,
    pub unit_flops_share: Option<f64>,
    /// Units whose gates differ from example to example.
    pub varying_units: Option<f64>,
    /// The reference's FLOPs over this cell's unit FLOPs: a bound that no kernel beats.
    pub speed_up: Option<f64>,
    /// The median time of an image at the smallest number of images, in microseconds.
    pub time_us: Option<f64>,
    /// The time of the dense network in libtorch over this one.
    pub measured_speed_up: Option<f64>,
    /// Of the compact network.
    pub compact_flops_share: Option<f64>,
    pub compact_accuracy: Option<f64>,
    pub weight_flops_share: Option<f64>,
    pub params_share: Option<f64>,
    /// The part of the unit FLOPs that decides the gates, if anything is decided.
    pub gate_flops_share: Option<f64>,
    pub flops_p5_share: Option<f64>,
    pub flops_p95_share: Option<f64>,
    /// Before the recovery epochs, if there are any.
    pub raw_accuracy: Option<f64>,
    /// The same with recalibrated batch normalisation statistics, if there are any.
    pub raw_recalibrated_accuracy: Option<f64>,
    /// The headline with recalibrated batch normalisation statistics, if there are any.
    pub recalibrated_accuracy: Option<f64>,
    /// With soft gates, if there are any.
    pub soft_accuracy: Option<f64>,
    /// At the end of each earlier phase, on its own task.
    pub earlier_accuracies: Vec<Option<f64>>,
    /// FLOPs spent in training over the reference's.
    pub train_flops_share: Option<f64>,
    /// Training and recovery together.
    pub epochs: Option<f64>,
    /// What sets the row apart from the reference.
    pub fairness: String,
}

/// Returns a row for each headline cell, in the order of the experiment.
pub(crate) fn rows(data: &ReportData) -> Vec<Row> {
    data.headline.iter().map(|cell| row(data, cell)).collect()
}

fn row(data: &ReportData, cell: &Cell) -> Row {
    let measured = |value: f64| Some(value).filter(|value| value.is_finite());
    let reference = data.reference();
    let timings = timings_of(&data.timings, cell);
    let accuracy = |conditions| measured(data.sibling(cell, conditions)?.test_accuracy);
    let own = cell.conditions;
    let raw = Conditions { stage: Stage::Training, ..own };
    // Without recovery epochs the headline is the raw stage itself.
    let raw = Some(raw).filter(|raw| *raw != own);
    let recalibrated =
        |conditions| Conditions { batch_norm_stats: BatchNormStats::Recalibrated, ..conditions };
    Row {
        label: cell.label.clone(),
        stage: own.stage,
        n: cell.n,
        target: cell.target,
        test_accuracy: measured(cell.test_accuracy),
        half_width: cell.half_width,
        bounds: cell.interval.filter(|(low, high)| low.is_finite() && high.is_finite()),
        gap: reference.and_then(|other| measured(cell.test_accuracy - other.test_accuracy)),
        gap_p: data.gap(cell).and_then(|gap| gap.p),
        activity: measured(cell.activity),
        unit_flops_share: measured(cell.unit_flops_share),
        varying_units: measured(cell.varying_units),
        speed_up: measured(1.0 / cell.unit_flops_share),
        time_us: timings.map(|own| own.exact.p50_us / f64::from(own.exact.batch)),
        measured_speed_up: timings.map(|own| own.exact.realised_speedup),
        compact_flops_share: timings.map(|own| own.compact.unit_flops_share),
        compact_accuracy: timings.map(|own| own.compact.test_accuracy),
        weight_flops_share: measured(cell.weight_flops_share),
        params_share: measured(cell.params_share),
        gate_flops_share: measured(cell.gate_flops_share).filter(|&share| share > 0.0),
        flops_p5_share: measured(cell.flops_p5_share),
        flops_p95_share: measured(cell.flops_p95_share),
        raw_accuracy: raw.and_then(accuracy),
        raw_recalibrated_accuracy: raw.map(recalibrated).and_then(accuracy),
        recalibrated_accuracy: accuracy(recalibrated(own)),
        soft_accuracy: accuracy(Conditions { mode: Mode::Soft, ..own }),
        earlier_accuracies: data.earlier.iter().map(|phase| earlier(phase, cell)).collect(),
        train_flops_share: reference
            .and_then(|other| measured(cell.train_flops / other.train_flops)),
        epochs: measured(cell.epochs),
        fairness: fairness::fairness(data, cell),
    }
}

/// Returns the accuracy of the setting of `cell` in an earlier phase.
fn earlier(phase: &[Cell], cell: &Cell) -> Option<f64> {
    let own = phase.iter().find(|one| one.label == cell.label && one.target == cell.target)?;
    Some(own.test_accuracy).filter(|accuracy| accuracy.is_finite())
}
