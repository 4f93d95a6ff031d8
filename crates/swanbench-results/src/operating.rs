//! Operating points seed by seed: what comparisons between methods are made from.

use std::collections::BTreeMap;

use swanbench_spec::{Control, Metric};

use crate::{headline::Headline, rows::RunRow};

/// One run at one operating point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub target: Option<f64>,
    /// Unit FLOPs over the dense model's.
    pub cost: f64,
    /// Of the metric that was selected.
    pub value: f64,
}

/// The points of one label by seed.
pub(crate) type BySeed = BTreeMap<u64, Vec<Point>>;

/// The points of one label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LabelPoints {
    pub label: String,
    pub seeds: BySeed,
}

/// Which rows are meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selection {
    /// At the end of this task.
    pub task_index: u32,
    /// With these gates. `None` for the method's own.
    pub control: Option<Control>,
    /// What the value is.
    pub metric: Metric,
}

impl Selection {
    /// Test accuracies of the methods' own gates.
    pub(crate) const fn accuracies(task_index: u32) -> Self {
        Self { task_index, control: None, metric: Metric::TestAccuracy }
    }
}

/// Returns the points of every label with headline rows, labels in the order of the experiment.
pub(crate) fn points(runs: &[RunRow], selection: Selection) -> Vec<LabelPoints> {
    let headline = Headline::of_runs(runs, selection.task_index);
    let mut found: Vec<LabelPoints> = Vec::new();
    for row in runs {
        let (Some(evaluation), Some(value)) = (&row.evaluation, row.metric(selection.metric))
        else {
            continue;
        };
        let label = &row.run.label;
        if !headline.holds_with(label, &evaluation.conditions, selection.control) {
            continue;
        }
        // Runs come label by label, so the last one is nearly always the one.
        let index = found.iter().rposition(|known| known.label == *label).unwrap_or_else(|| {
            found.push(LabelPoints { label: label.clone(), seeds: BySeed::new() });
            found.len() - 1
        });
        let cost = evaluation.unit_flops_share;
        let point = Point { target: row.run.target_activity, cost, value };
        found[index].seeds.entry(row.run.seed).or_default().push(point);
    }
    found
}

/// Pairs the points of the seeds that both have.
pub(crate) fn paired<'a>(
    one: &'a BySeed,
    other: &'a BySeed,
) -> impl Iterator<Item = (&'a [Point], &'a [Point])> {
    one.iter().filter_map(|(seed, points)| Some((points.as_slice(), other.get(seed)?.as_slice())))
}

#[cfg(test)]
pub(crate) mod samples {
    use super::{BySeed, Point};

    /// Collects points given as seed, target, cost and value.
    pub(crate) fn by_seed(points: &[(u64, Option<f64>, f64, f64)]) -> BySeed {
        let mut all = BySeed::new();
        for &(seed, target, cost, value) in points {
            all.entry(seed).or_default().push(Point { target, cost, value });
        }
        all
    }
}
