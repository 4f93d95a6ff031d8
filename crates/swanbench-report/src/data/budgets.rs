//! The points of the picture: target and used share of the budget of each cell, over its seeds.

use std::collections::HashMap;

use swanbench_results::{Cell, RunRow};
use swanbench_spec::Evaluation;

use crate::{data::report_data::ReportData, format};

/// A cell as it is drawn, in shares of the reference dense model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    pub label: String,
    pub target: f64,
    /// Mean over seeds.
    pub achieved: f64,
    /// The least and the greatest of the seeds. `None` if there is one seed.
    pub range: Option<(f64, f64)>,
}

impl Point {
    /// Returns how far what is used is from its target, as a logarithm of their ratio.
    pub(crate) fn miss(&self) -> f64 {
        (self.achieved / self.target).ln().abs()
    }
}

/// Returns the headline cells with a target that have a place on logarithmic axes.
pub(crate) fn points(evidence: &ReportData, runs: &[RunRow]) -> Vec<Point> {
    let mut of_setting: HashMap<_, Vec<&Evaluation>> = HashMap::new();
    for row in runs {
        let Some(evaluation) = &row.evaluation else { continue };
        let setting = (row.run.label.as_str(), row.run.target_activity.map(f64::to_bits));
        of_setting.entry(setting).or_default().push(evaluation);
    }
    let point = |cell: &Cell| {
        let target = cell.target.filter(|target| *target > 0.0)?;
        let own = of_setting.get(&(cell.label.as_str(), Some(target.to_bits())));
        let seeds = own.into_iter().flatten().filter(|one| one.conditions == cell.conditions);
        let seeds: Vec<f64> = seeds.map(|one| one.used_share(evidence.budget)).collect();
        let used = cell.used_share(evidence.budget);
        let least = seeds.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = seeds.iter().copied().fold(0.0, f64::max);
        has_place(used).then(|| Point {
            label: cell.label.clone(),
            target,
            achieved: used,
            range: (seeds.len() > 1).then_some((least, greatest)),
        })
    };
    evidence.headline.iter().filter_map(point).collect()
}

/// Returns a sentence for each cell that has a target, but no place.
pub(crate) fn without_place(evidence: &ReportData) -> Vec<String> {
    let cells = evidence.headline.iter().filter(|cell| cell.target.is_some());
    let without = cells.filter(|cell| !has_place(cell.used_share(evidence.budget)));
    without.map(|cell| format!("{}{}", cell.label, format::at_target(cell.target))).collect()
}

/// Returns whether a share has a place on a logarithmic axis.
fn has_place(used: f64) -> bool {
    used > 0.0 && used.is_finite()
}

#[cfg(test)]
mod tests {
    use swanbench_results::samples::{done, evaluation, failed, run};
    use swanbench_spec::{BudgetKind, Conditions};

    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    /// A line per point.
    #[test]
    fn points_are_cells_with_the_range_of_their_seeds() {
        let mut evidence = evidence(vec![
            cell("full", None, 1.0, 0.95),
            Cell { activity: 0.5, ..cell("gated", Some(0.4), 0.5, 0.94) },
            Cell { activity: 0.125, ..cell("gated", Some(0.1), 0.1, 0.9) },
            cell("closed", Some(0.1), 0.0, 0.1),
        ]);
        evidence.budget = BudgetKind::Units;
        let own = evidence.headline[0].conditions;
        let row = |label, target, activity, conditions| {
            done(run(label, target, 0), evaluation(conditions, 0.9, activity))
        };
        let runs = [
            row("full", None, 1.0, own),
            row("gated", Some(0.4), 0.4, own),
            row("gated", Some(0.4), 0.6, own),
            row("gated", Some(0.4), 0.1, Conditions { threshold: Some(0.9), ..own }),
            row("gated", Some(0.1), 0.125, own),
            row("closed", Some(0.1), 0.0, own),
            failed(run("gated", Some(0.1), 1)),
        ];
        let points = points(&evidence, &runs);
        let line = |point: &Point| {
            format!("{} {} -> {} {:?}", point.label, point.target, point.achieved, point.range)
        };
        assert_eq!(
            points.iter().map(line).collect::<Vec<_>>(),
            ["gated 0.4 -> 0.5 Some((0.4, 0.6))", "gated 0.1 -> 0.125 None"]
        );
        // ln(0.5 / 0.4) is ln(0.125 / 0.1).
        assert!((points[0].miss() - points[1].miss()).abs() < 1e-12);
        assert!((points[0].miss() - 0.223_143_551).abs() < 1e-9);
    }
}
