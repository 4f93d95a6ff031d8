//! The table with the numbers of the pictures: a row per headline cell, as Markdown to read, LaTeX
//! to print and CSV to compute with. The page shows the same columns.

mod caption;
mod columns;
mod csv;
mod fairness;

pub(crate) use caption::{subject, terms};
pub(crate) use columns::{accuracy as accuracy_text, columns, points};
pub(crate) use csv::csv;

use swanbench_results::Cell;
use swanbench_spec::{BatchNormStats, Conditions, Mode, Stage};

use crate::{
    data::report_data::ReportData,
    format,
    tables::{column::Column, latex, markdown},
};

/// A headline cell with what it is compared with. Accuracies and shares lie in `[0, 1]`; `None` if
/// something was not measured or does not exist.
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
    /// The p value of a test of the gap, adjusted for the number of cells.
    gap_p: Option<f64>,
    activity: Option<f64>,
    unit_flops_share: Option<f64>,
    /// The reference's FLOPs over this cell's unit FLOPs: a bound that no kernel beats.
    speed_up: Option<f64>,
    weight_flops_share: Option<f64>,
    params_share: Option<f64>,
    /// The part of the unit FLOPs that decides the gates, if anything is decided.
    gate_flops_share: Option<f64>,
    flops_p5_share: Option<f64>,
    flops_p95_share: Option<f64>,
    /// Before the recovery epochs, if there are any.
    raw_accuracy: Option<f64>,
    /// The same with recalibrated batch normalisation statistics, if there are any.
    raw_recalibrated_accuracy: Option<f64>,
    /// The headline with recalibrated batch normalisation statistics, if there are any.
    recalibrated_accuracy: Option<f64>,
    /// With soft gates, if there are any.
    soft_accuracy: Option<f64>,
    /// At the end of each earlier phase, on its own task.
    earlier_accuracies: Vec<Option<f64>>,
    /// FLOPs spent in training over the reference's.
    train_flops_share: Option<f64>,
    /// Training and recovery together.
    epochs: Option<f64>,
    /// What sets the row apart from the reference.
    fairness: String,
}

/// Returns a row for each headline cell, in the order of the experiment.
pub(crate) fn rows(data: &ReportData) -> Vec<Row> {
    data.headline.iter().map(|cell| row(data, cell)).collect()
}

fn row(data: &ReportData, cell: &Cell) -> Row {
    let measured = |value: f64| Some(value).filter(|value| value.is_finite());
    let reference = data.reference();
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
        half_width: cell.half_width(),
        gap: reference.and_then(|other| measured(cell.test_accuracy - other.test_accuracy)),
        gap_p: data.gap(cell).and_then(|gap| gap.p),
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

/// Returns the columns in Markdown, with a caption that says what they mean and which runs failed.
pub(crate) fn markdown(data: &ReportData, rows: &[Row], columns: &[Column]) -> String {
    let (table, caption) = (markdown::table(columns), caption::paragraph(data, rows));
    let mut page = format!("{table}\n{caption}\n");
    if !data.failures.is_empty() {
        let count = format::count(data.failures.len(), "run");
        page.extend(["\n", &count, " failed, left out here:\n\n"]);
        page.extend(data.failures.iter().map(|failure| format!("- {failure}\n")));
    }
    page
}

/// Returns the rows in LaTeX, by label.
pub(crate) fn latex(data: &ReportData, rows: &[Row], columns: &[Column]) -> String {
    let of_label =
        |label: &String| (0..rows.len()).filter(|&row| rows[row].label == *label).collect();
    let groups: Vec<Vec<usize>> = data.labels.iter().map(of_label).collect();
    latex::table(&data.experiment, &caption::paragraph(data, rows), columns, &groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn latex_has_rows_by_label_with_rules_between() {
        let data = evidence(vec![
            cell("full", None, 1.0, 0.95),
            cell("gate_a", Some(0.5), 0.5, 0.94),
            cell("b", Some(0.5), 0.5, 0.90),
            cell("gate_a", Some(0.1), 0.1, 0.93),
        ]);
        let data = ReportData { labels: ["full", "gate_a", "b"].map(str::to_owned).into(), ..data };
        let rows = rows(&data);
        let page = latex(&data, &rows, &columns(&data, &rows));
        let (_, body) = page.split_once("\\midrule\n").expect("a body");
        let start = |line: &str| line.split(" & ").take(2).collect::<Vec<_>>().join(" ");
        let starts: Vec<_> = body.lines().take(7).map(start).collect();
        let expected = [
            "full ",
            r"\midrule",
            r"gate\_a 0.5",
            r"gate\_a 0.1",
            r"\midrule",
            "b 0.5",
            r"\bottomrule",
        ];
        assert_eq!(starts, expected);
        let line = r"full &  & 3 & 95.00 $\pm$ 1.00 & 0.00 & 100 & 100 & 1.00$\times$ & 100 & 50.0 & 100 & 1.00$\times$ & equal \\";
        assert!(page.lines().any(|found| found == line), "{page}");
        assert!(page.contains(r"\label{tab:trial}"));
        assert!(page.contains(r"\begin{tabular}{@{}lrrrrrrrrrrrl@{}}"));
        assert!(page.ends_with("\\end{tabular}\n\\end{table}\n"));
    }
}
