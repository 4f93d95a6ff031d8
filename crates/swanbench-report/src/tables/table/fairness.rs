//! What a reader must know before comparing a row with the reference.
//!
//! Rows compare on equal terms if they had equal epochs and about equal training, at least
//! [`SEEDS`] seeds, and a curve of at least [`POINTS`] operating points.

use swanbench_results::Cell;

use crate::{data::report_data::ReportData, format};

/// The title of the column.
pub(super) const TITLE: &str = "fairness";

/// Fewer seeds give an interval too wide to compare by.
const SEEDS: usize = 3;
/// Fewer targets give no curve.
const POINTS: usize = 5;
/// Training that costs more than this many times the reference's, or less than its inverse, is
/// reported.
const TRAINING: f64 = 1.5;
/// More of the budget than this is reported.
const USED: f64 = 1.03;
/// More parameters than this many times the reference's are reported.
const STORED: f64 = 1.01;

/// Returns `equal`, or what is not equal, joined by `; `.
pub(super) fn fairness(data: &ReportData, cell: &Cell) -> String {
    let mut notes = Vec::new();
    if cell.n < SEEDS {
        notes.push(format::count(cell.n, "seed"));
    }
    let used = cell.target.map(|target| cell.used_share(data.budget) / target);
    if let Some(used) = used.filter(|&used| used > USED) {
        notes.push(format!("over budget by {:.0}%", 100.0 * (used - 1.0)));
    }
    let points = points(data, &cell.label);
    if (1..POINTS).contains(&points) {
        notes.push(format::count(points, "operating point"));
    }
    match data.reference() {
        Some(reference) => notes.extend(against(reference, cell)),
        None => notes.push("no reference".to_owned()),
    }
    if notes.is_empty() { "equal".to_owned() } else { notes.join("; ") }
}

/// Returns what the cell had more or less of than the reference, as far as it was measured.
fn against(reference: &Cell, cell: &Cell) -> Vec<String> {
    let mut notes = Vec::new();
    let both = cell.epochs.is_finite() && reference.epochs.is_finite();
    if both && cell.epochs != reference.epochs {
        notes.push(format!("other epochs: {}", cell.epochs));
    }
    let training = cell.train_flops / reference.train_flops;
    if training.is_finite() && !(1.0 / TRAINING..=TRAINING).contains(&training) {
        notes.push(format!("training costs {training:.2}×"));
    }
    if cell.params_share > STORED {
        notes.push(format!("stores {:.2}× the parameters", cell.params_share));
    }
    notes
}

/// Returns the number of targets of a label in the headline.
fn points(data: &ReportData, label: &str) -> usize {
    let own = data.headline.iter().filter(|cell| cell.label == label);
    own.filter(|cell| cell.target.is_some()).count()
}

/// Returns the meaning of the words, for the caption.
pub(super) fn meaning() -> String {
    format!(
        "what sets a row apart from the reference: fewer than {SEEDS} seeds, more than {:.0}% over \
         its target, fewer than {POINTS} targets of its label, other epochs in all (training and \
         recovery), training FLOPs of more than {TRAINING} times the reference's or less than its \
         inverse, more parameters; equal where none of this holds",
        100.0 * (USED - 1.0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    const TARGETS: [f64; 5] = [0.5, 0.25, 0.1, 0.05, 0.02];

    /// Returns a cell that uses this share of the budget.
    fn at(index: usize, used: f64) -> Cell {
        Cell { weight_flops_share: used, ..cell("gated", Some(TARGETS[index]), used, 0.9) }
    }

    /// Returns a reference, and `others` at the first targets.
    fn with_reference(others: impl Fn(usize) -> Cell, count: usize) -> ReportData {
        let reference = cell("full", None, 1.0, 0.95);
        evidence([reference].into_iter().chain((0..count).map(others)).collect())
    }

    #[test]
    fn what_is_over_budget_or_larger_says_so() {
        let over = |index: usize| at(index, 1.25 * TARGETS[index]);
        assert_eq!(all(&with_reference(over, 5))[1], "over budget by 25%");
        let large = |index: usize| Cell { params_share: 1.5, ..at(index, TARGETS[index]) };
        assert_eq!(all(&with_reference(large, 5))[1], "stores 1.50× the parameters");
    }

    fn all(data: &ReportData) -> Vec<String> {
        data.headline.iter().map(|cell| fairness(data, cell)).collect()
    }

    #[test]
    fn three_seeds_at_five_targets_are_equal() {
        let on_target = |index: usize| at(index, TARGETS[index]);
        assert_eq!(all(&with_reference(on_target, 5)), ["equal"; 6]);
    }

    #[test]
    fn few_seeds_and_few_targets_are_counted() {
        let with = |n| move |index: usize| Cell { n, ..at(index, TARGETS[index]) };
        assert_eq!(all(&with_reference(with(1), 5))[1], "1 seed");
        assert_eq!(all(&with_reference(with(2), 3))[1], "2 seeds; 3 operating points");
        assert_eq!(all(&with_reference(with(3), 1))[1], "1 operating point");
    }

    #[test]
    fn a_label_without_targets_needs_no_curve() {
        assert_eq!(all(&with_reference(|_| cell("half", None, 0.5, 0.9), 1))[1], "equal");
    }

    #[test]
    fn other_epochs_and_costly_training_are_reported() {
        let costly =
            |index: usize| Cell { epochs: 30.0, train_flops: 2.34e12, ..at(index, TARGETS[index]) };
        assert_eq!(all(&with_reference(costly, 5))[1], "other epochs: 30; training costs 2.34×");
        let just = |index: usize| Cell { train_flops: 1.5e12, ..costly(index) };
        assert_eq!(all(&with_reference(just, 5))[1], "other epochs: 30");
        let unknown = |index: usize| Cell { train_flops: f64::NAN, epochs: 20.0, ..costly(index) };
        assert_eq!(all(&with_reference(unknown, 5))[1], "equal");
    }

    #[test]
    fn without_a_reference_nothing_is_called_equal() {
        assert_eq!(all(&evidence(vec![cell("half", None, 0.5, 0.9)])), ["no reference"]);
    }
}
