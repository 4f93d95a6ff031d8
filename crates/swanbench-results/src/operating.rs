//! Operating points seed by seed: what comparisons between methods are made from.

use std::collections::{BTreeMap, HashSet};

use polars::prelude::{DataFrame, PolarsResult};

use crate::columns::DONE;

/// What one run came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub target: Option<f64>,
    /// Unit FLOPs over the dense model's.
    pub cost: f64,
    /// Of the metric that was asked for.
    pub value: f64,
}

/// The points of one label by seed.
pub(crate) type BySeed = BTreeMap<u64, Vec<Point>>;

/// Which rows of the frame of runs are meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a> {
    /// At the end of this phase.
    pub phase: u32,
    /// With these gates; with the method's own where there is none.
    pub control: Option<&'a str>,
    /// The column of the value.
    pub metric: &'a str,
}

/// The points of every label, labels in the order of the experiment: hard gates, the statistics that
/// training left, the last stage of each label in the phase.
pub(crate) fn points(runs: &DataFrame, rows: Rows) -> PolarsResult<Vec<(String, BySeed)>> {
    let text = |name: &str| runs.column(name)?.str();
    let (labels, stages, statuses) = (text("label")?, text("stage")?, text("status")?);
    let (modes, statistics, controls) = (text("mode")?, text("statistics")?, text("control")?);
    let (phases, seeds) = (runs.column("phase")?.u64()?, runs.column("seed")?.u64()?);
    let targets = runs.column("target_activity")?.f64()?;
    let (costs, values) =
        (runs.column("unit_flops_share")?.f64()?, runs.column(rows.metric)?.f64()?);
    let thresholds = runs.column("threshold")?.f64()?;
    let in_phase = |row: usize| {
        statuses.get(row) == Some(DONE) && phases.get(row) == Some(u64::from(rows.phase))
    };
    let recovered: HashSet<&str> = (0..runs.height())
        .filter(|&row| in_phase(row) && stages.get(row) == Some("fine-tuned"))
        .filter_map(|row| labels.get(row))
        .collect();
    let mut found: Vec<(String, BySeed)> = Vec::new();
    for row in (0..runs.height()).filter(|&row| in_phase(row)) {
        let label = labels.get(row).unwrap_or_default();
        let is_last = recovered.contains(label) == (stages.get(row) == Some("fine-tuned"));
        let is_asked_for = modes.get(row) == Some("hard")
            && statistics.get(row) == Some("trained")
            && controls.get(row) == rows.control
            && thresholds.get(row).is_none();
        let (Some(seed), Some(cost), Some(value)) =
            (seeds.get(row), costs.get(row), values.get(row))
        else {
            continue;
        };
        if !is_last || !is_asked_for {
            continue;
        }
        let point = Point { target: targets.get(row), cost, value };
        // Runs come label by label, so the last one is nearly always the one.
        let index = found.iter().rposition(|(known, _)| known == label).unwrap_or_else(|| {
            found.push((label.to_owned(), BySeed::new()));
            found.len() - 1
        });
        found[index].1.entry(seed).or_default().push(point);
    }
    Ok(found)
}

/// The seeds that both have, with the points of each.
pub(crate) fn paired<'a>(
    one: &'a BySeed,
    other: &'a BySeed,
) -> impl Iterator<Item = (&'a [Point], &'a [Point])> {
    one.iter().filter_map(|(seed, points)| Some((points.as_slice(), other.get(seed)?.as_slice())))
}

#[cfg(test)]
pub(crate) mod samples {
    use super::{BySeed, Point};

    /// Of seed, target, cost and value of each point.
    pub(crate) fn by_seed(points: &[(u64, Option<f64>, f64, f64)]) -> BySeed {
        let mut all = BySeed::new();
        for &(seed, target, cost, value) in points {
            all.entry(seed).or_default().push(Point { target, cost, value });
        }
        all
    }
}
