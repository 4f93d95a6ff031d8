//! What stands behind the picture: asked and achieved activity of each cell, over its seeds.

use polars::prelude::{ChunkCompareEq as _, DataFrame, PolarsResult};
use swanbench_results::columns::DONE;

use crate::data::{
    cell::Cell,
    report_data::{self, ReportData},
};

/// A cell as it is drawn. Activities are shares of the reference dense model's units.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    pub label: String,
    pub target: f64,
    /// Mean over seeds.
    pub achieved: f64,
    /// The least and the greatest of the seeds; none for one seed.
    pub range: Option<(f64, f64)>,
}

impl Point {
    /// How far the activity is from what was asked, as a logarithm of their ratio.
    pub(crate) fn miss(&self) -> f64 {
        (self.achieved / self.target).ln().abs()
    }
}

/// The headline cells with a target that have a place on logarithmic axes.
pub(crate) fn points(evidence: &ReportData, runs: &DataFrame) -> PolarsResult<Vec<Point>> {
    let done = runs.column("status")?.str()?.equal(DONE);
    let runs = runs.filter(&(done & report_data::own(runs, evidence.phase)?))?;
    let mut points = Vec::new();
    for cell in &evidence.headline {
        let Some(target) = cell.target.filter(|target| *target > 0.0) else { continue };
        let seeds = seeds(cell, &runs)?;
        let least = seeds.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = seeds.iter().copied().fold(0.0, f64::max);
        if cell.activity > 0.0 && cell.activity.is_finite() {
            points.push(Point {
                label: cell.label.clone(),
                target,
                achieved: cell.activity,
                range: (seeds.len() > 1).then_some((least, greatest)),
            });
        }
    }
    Ok(points)
}

/// The activity of each seed of `cell`.
fn seeds(cell: &Cell, runs: &DataFrame) -> PolarsResult<Vec<f64>> {
    let is = |name: &str, value: &str| PolarsResult::Ok(runs.column(name)?.str()?.equal(value));
    let of_cell = is("label", &cell.label)?
        & is("stage", &cell.stage)?
        & is("mode", &cell.mode)?
        & is("statistics", &cell.statistics)?;
    let rows = runs.filter(&of_cell)?;
    let targets = rows.column("target_activity")?.f64()?;
    let activities = rows.column("activity")?.f64()?;
    let of_target =
        targets.iter().zip(activities.iter()).filter(|(target, _)| *target == cell.target);
    Ok(of_target.filter_map(|(_, activity)| activity).collect())
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    /// What stands behind the picture, a line a point.
    #[test]
    fn the_points_are_the_cells_with_a_target_and_the_range_of_their_seeds() {
        let evidence = evidence(vec![
            cell("full", None, 1.0, 0.95),
            Cell { activity: 0.5, ..cell("gated", Some(0.4), 0.5, 0.94) },
            Cell { activity: 0.125, ..cell("gated", Some(0.1), 0.1, 0.9) },
            cell("closed", Some(0.1), 0.0, 0.1),
        ]);
        // The fourth row is of another threshold, the last one has failed.
        let runs = df!(
            "label" => ["full", "gated", "gated", "gated", "gated", "closed", "gated"],
            "target_activity" => [None, Some(0.4), Some(0.4), Some(0.4), Some(0.1), Some(0.1), Some(0.1)],
            "phase" => [1_u64; 7],
            "stage" => ["raw"; 7],
            "mode" => ["hard"; 7],
            "statistics" => ["trained"; 7],
            "control" => [None::<&str>; 7],
            "threshold" => [None, None, None, Some(0.9), None, None, None],
            "status" => ["done", "done", "done", "done", "done", "done", "failed"],
            "activity" => [1.0, 0.4, 0.6, 0.1, 0.125, 0.0, 0.7],
        )
        .expect("columns of one length");
        let points = points(&evidence, &runs).expect("read");
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
