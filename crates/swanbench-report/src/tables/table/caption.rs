//! The terms of the table: one for each thing that a column shows, with its meaning.

use swanbench_spec::BudgetKind;

use super::{
    columns::{SIGNIFICANT, reference},
    fairness,
    row::Row,
};
use crate::data::report_data::ReportData;

/// A word of the table and what it means, without a full stop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    pub name: &'static str,
    pub meaning: String,
}

/// Returns the experiment, model and data, which all rows have in common.
pub(crate) fn subject(data: &ReportData) -> String {
    let subject = format!("{}: {} on {}", data.experiment, data.model, data.data);
    if data.task_index > 1 { format!("{subject}, phase {}", data.task_index) } else { subject }
}

/// Returns subject and terms as one paragraph.
pub(super) fn paragraph(data: &ReportData, rows: &[Row]) -> String {
    let terms = terms(data, rows).into_iter();
    let sentences = terms.map(|Term { name, meaning }| format!(" {name}: {meaning}."));
    format!("{}.{}", subject(data), sentences.collect::<String>())
}

/// Returns the terms in the order of the columns.
pub(crate) fn terms(data: &ReportData, rows: &[Row]) -> Vec<Term> {
    let has = |value: fn(&Row) -> Option<f64>| rows.iter().any(|row| value(row).is_some());
    let plain = |name, meaning: &str| Term { name, meaning: meaning.to_owned() };
    let mut terms = vec![
        plain("n", "seeds"),
        plain(
            "Test accuracy",
            "mean over seeds with hard gates, after the recovery epochs where there are any, \
             ± half the width of the 95% interval of that mean (Student's t, n − 1 degrees of \
             freedom; none for one seed), or the range of the seeds where the interval would \
             leave 0 to 100%",
        ),
        Term { name: "Gap", meaning: significance(data) },
        plain("Target", budget(data)),
        plain(
            "Unit FLOPs",
            "left when closed units are skipped, the gates' own FLOPs included and given beside; \
             speed-up: its inverse, a bound that no kernel beats; p5 to p95: over single test \
             examples; static: one smaller dense net computes the same; dynamic: which units are \
             closed differs by example, so batches need a gathering kernel",
        ),
        plain(
            "Weight FLOPs",
            "left when single zero weights are skipped too, which only a sparse kernel does",
        ),
        plain("Parameters", "what must be stored, without the indices of a sparse format"),
        plain(
            "Raw accuracy",
            if data.task_index > 1 {
                "before the first step on the task; soft accuracy: with soft gates, which save nothing"
            } else {
                "before the recovery epochs, in which gates may still move; soft accuracy: with soft \
                 gates, which save nothing"
            },
        ),
    ];
    if has(|row| row.time_us) {
        terms.push(plain(
            "Time",
            "of the exported network on the CPU, gates decided for each example; measured speed-up: \
             the time of the dense network in libtorch over it; compact: one dense network for all \
             examples, with the units that are open often. See timings.md",
        ));
    }
    if has(|row| row.recalibrated_accuracy) {
        terms.push(plain(
            "Recalibrated",
            "with the statistics of batch normalisations computed again over training examples, \
             no weight changed",
        ));
    }
    if !data.earlier.is_empty() {
        terms.push(plain(
            "Phase 1 accuracy",
            "at the end of that phase, on its own task; everything else is of the last phase",
        ));
    }
    let relative = format!("relative to {}", reference(data));
    terms.push(Term { name: "Training FLOPs", meaning: relative });
    terms.push(Term { name: "Fairness", meaning: fairness::meaning() });
    terms
}

/// Returns the meaning of a target.
fn budget(data: &ReportData) -> &'static str {
    match data.budget {
        BudgetKind::Flops => {
            "the share of the dense model's FLOPs that may be used, deciding the gates included; \
             for weight pruning FLOPs without zero weights. Activity: the share of units open, \
             averaged over test examples"
        }
        BudgetKind::Units => {
            "the share of units (for weight pruning of weights) that may be used; activity: the \
             share of units open, averaged over test examples. Shares are of the dense model"
        }
    }
}

/// Returns the meaning of an asterisk, and whether there could be one.
fn significance(data: &ReportData) -> String {
    let meaning = format!(
        "test accuracy less that of {}; *: p below {SIGNIFICANT} in a permutation test of paired \
         seeds, adjusted for the number of rows (Holm)",
        reference(data)
    );
    let tests = data.gaps.len() as f64;
    let possible = data.gaps.iter().any(|gap| gap.least_p * tests < SIGNIFICANT);
    match data.gaps.iter().map(|gap| gap.n).max() {
        Some(n) if !possible => format!("{meaning}, which {n} seeds of so many rows cannot reach"),
        _ => meaning,
    }
}
