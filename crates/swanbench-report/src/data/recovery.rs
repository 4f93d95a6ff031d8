//! The points of the picture: accuracy before and after the recovery epochs.

use swanbench_results::Cell;
use swanbench_spec::{Conditions, Stage};

use crate::data::report_data::ReportData;

/// Mean test accuracy in percent, and the bounds of its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Accuracy {
    pub mean: f64,
    pub interval: Option<(f64, f64)>,
}

/// One setting at both stages.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pair {
    pub label: String,
    pub target: Option<f64>,
    /// Unit FLOPs of the fine-tuned network over the dense model's.
    pub cost: f64,
    pub raw: Accuracy,
    pub fine_tuned: Accuracy,
}

/// Returns the settings that were evaluated at both stages, in the order of the experiment.
pub(crate) fn pairs(evidence: &ReportData) -> Vec<Pair> {
    let is_fine_tuned = |cell: &&Cell| cell.conditions.stage == Stage::Recovery;
    let fine_tuned = evidence.headline.iter().filter(is_fine_tuned);
    let pair = |cell: &Cell| {
        let raw = Conditions { stage: Stage::Training, ..cell.conditions };
        let raw = evidence.sibling(cell, raw)?;
        Some(Pair {
            label: cell.label.clone(),
            target: cell.target,
            cost: cell.unit_flops_share,
            raw: accuracy(raw)?,
            fine_tuned: accuracy(cell)?,
        })
    };
    fine_tuned.filter_map(pair).collect()
}

/// Returns the accuracy of a cell. `None` if it is not a number.
fn accuracy(cell: &Cell) -> Option<Accuracy> {
    // Of a mean of shares: what lies beyond 0 and 100% is no news.
    let percent = |(low, high): (f64, f64)| (100.0 * low.max(0.0), 100.0 * high.min(1.0));
    let mean = 100.0 * cell.test_accuracy;
    mean.is_finite().then(|| Accuracy { mean, interval: cell.interval.map(percent) })
}

#[cfg(test)]
mod tests {
    use swanbench_spec::Mode;

    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    /// A line per pair.
    #[test]
    fn the_pairs_are_the_settings_with_both_stages() {
        let tuned = |label: &str, target: f64, accuracy: f64| Cell {
            conditions: Conditions::headline(1, Stage::Recovery),
            ..cell(label, Some(target), target / 2.0, accuracy)
        };
        let raw =
            |label: &str, target: f64, accuracy: f64| cell(label, Some(target), target, accuracy);
        let mut evidence = evidence(vec![
            cell("whole", None, 1.0, 0.95),
            tuned("pruned", 0.5, 0.94),
            tuned("pruned", 0.1, 0.9),
            tuned("only tuned", 0.5, 0.9),
            tuned("diverged", 0.5, f64::NAN),
        ]);
        let soft = Cell {
            conditions: Conditions { mode: Mode::Soft, ..Conditions::headline(1, Stage::Training) },
            ..raw("pruned", 0.5, 0.7)
        };
        let others =
            [raw("diverged", 0.5, 0.1), soft, raw("pruned", 0.5, 0.75), raw("pruned", 0.1, 0.005)];
        evidence.cells.extend(others);
        let side = |accuracy: Accuracy| {
            let (low, high) = accuracy.interval.expect("three seeds");
            format!("{:.1} [{low:.1}, {high:.1}]", accuracy.mean)
        };
        let line = |pair: Pair| {
            let (raw, fine_tuned) = (side(pair.raw), side(pair.fine_tuned));
            format!("{} {:?} {}: {raw} -> {fine_tuned}", pair.label, pair.target, pair.cost)
        };
        assert_eq!(
            pairs(&evidence).into_iter().map(line).collect::<Vec<_>>(),
            [
                "pruned Some(0.5) 0.25: 75.0 [74.0, 76.0] -> 94.0 [93.0, 95.0]",
                "pruned Some(0.1) 0.05: 0.5 [0.0, 1.5] -> 90.0 [89.0, 91.0]",
            ]
        );
    }
}
