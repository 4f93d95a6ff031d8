//! The table behind the picture: a row per headline cell, as Markdown to read, LaTeX to print and
//! CSV to compute with. The page shows the same columns.

mod caption;
mod columns;
mod csv;
mod fairness;
mod latex;
mod markdown;

pub(crate) use caption::{subject, terms};
pub(crate) use columns::{Alignment, Column, Entry, accuracy as accuracy_text, columns, points};
pub(crate) use csv::csv;
pub(crate) use latex::{latex, table as latex_table};
pub(crate) use markdown::{escape as escape_markdown, markdown, table as markdown_table};

use swanbench_results::Cell;
use swanbench_spec::{BatchNormStats, Conditions, Mode, Stage};

use crate::data::report_data::ReportData;

/// A headline cell beside what it is compared with. Accuracies and shares lie in `[0, 1]`; none is
/// what was not measured or does not exist.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    label: String,
    stage: Stage,
    n: usize,
    target: Option<f64>,
    test_accuracy: Option<f64>,
    /// Half the width of the 95% interval of the mean test accuracy.
    half_width: Option<f64>,
    /// Test accuracy less the reference's.
    gap: Option<f64>,
    /// Of a test that the gap is chance, adjusted for the number of cells.
    gap_p: Option<f64>,
    activity: Option<f64>,
    unit_flops_share: Option<f64>,
    /// The reference's FLOPs over this cell's unit FLOPs: a bound that no kernel beats.
    speed_up: Option<f64>,
    weight_flops_share: Option<f64>,
    params_share: Option<f64>,
    /// The part of the unit FLOPs that decides the gates; none where nothing is decided.
    gate_flops_share: Option<f64>,
    flops_p5_share: Option<f64>,
    flops_p95_share: Option<f64>,
    /// Before the recovery epochs, where there are any.
    raw_accuracy: Option<f64>,
    /// The same with normalisation statistics gathered anew, where there are any.
    raw_recalibrated_accuracy: Option<f64>,
    /// The headline with normalisation statistics gathered anew, where there are any.
    recalibrated_accuracy: Option<f64>,
    /// With soft gates, where there are any.
    soft_accuracy: Option<f64>,
    /// At the end of each earlier phase, on that phase's own task.
    earlier_accuracies: Vec<Option<f64>>,
    /// FLOPs spent in training over the reference's.
    train_flops_share: Option<f64>,
    /// Training and recovery together.
    epochs: Option<f64>,
    /// What sets the row apart from the reference.
    fairness: String,
}

/// A row for each headline cell, in the order of the experiment.
pub(crate) fn rows(evidence: &ReportData) -> Vec<Row> {
    evidence.headline.iter().map(|cell| row(evidence, cell)).collect()
}

fn row(evidence: &ReportData, cell: &Cell) -> Row {
    let measured = |value: f64| Some(value).filter(|value| value.is_finite());
    let reference = evidence.reference();
    let accuracy = |conditions| measured(evidence.sibling(cell, conditions)?.test_accuracy);
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
        half_width: cell.half_width(),
        gap: reference.and_then(|other| measured(cell.test_accuracy - other.test_accuracy)),
        gap_p: evidence.gap(cell).and_then(|gap| gap.p),
        activity: measured(cell.activity),
        unit_flops_share: measured(cell.unit_flops_share),
        speed_up: measured(1.0 / cell.unit_flops_share),
        weight_flops_share: measured(cell.weight_flops_share),
        params_share: measured(cell.params_share),
        gate_flops_share: measured(cell.gate_flops_share).filter(|&share| share > 0.0),
        flops_p5_share: measured(cell.flops_p5_share),
        flops_p95_share: measured(cell.flops_p95_share),
        raw_accuracy: raw.and_then(accuracy),
        raw_recalibrated_accuracy: raw.map(recalibrated).and_then(accuracy),
        recalibrated_accuracy: accuracy(recalibrated(own)),
        soft_accuracy: accuracy(Conditions { mode: Mode::Soft, ..own }),
        earlier_accuracies: evidence.earlier.iter().map(|phase| earlier(phase, cell)).collect(),
        train_flops_share: reference
            .and_then(|other| measured(cell.train_flops / other.train_flops)),
        epochs: measured(cell.epochs),
        fairness: fairness::fairness(evidence, cell),
    }
}

/// The accuracy that the setting of `cell` had come to in an earlier phase.
fn earlier(phase: &[Cell], cell: &Cell) -> Option<f64> {
    let own = phase.iter().find(|one| one.label == cell.label && one.target == cell.target)?;
    Some(own.test_accuracy).filter(|accuracy| accuracy.is_finite())
}
