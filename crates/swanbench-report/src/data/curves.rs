//! What stands behind the training curves: an epoch a point, averaged over seeds.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, PolarsResult};

use crate::data::spread::Spread;

/// An epoch of one label, over the seeds that reached it. Shares lie in `[0, 1]`; none where no
/// seed measured a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// Counted from 1 through all stages and phases.
    pub epoch: u64,
    pub phase: u64,
    pub stage: String,
    /// Validation accuracy with hard gates and with soft ones.
    pub accuracy: Option<Spread>,
    pub soft_accuracy: Option<Spread>,
    /// Validation activity with hard gates and with soft ones.
    pub activity: Option<Spread>,
    pub soft_activity: Option<Spread>,
    /// How far the method's own ramp had come.
    pub ramp: Option<f64>,
}

/// The training of one label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curve {
    pub label: String,
    /// Seeds in the first epoch.
    pub seeds: usize,
    /// Rising epochs.
    pub points: Vec<Point>,
}

impl Curve {
    pub(crate) fn has_soft_mode(&self) -> bool {
        self.points.iter().any(|point| point.soft_accuracy.is_some())
    }

    /// The epochs between which the mean ramp is neither at its start nor at its end.
    pub(crate) fn ramp(&self) -> Option<(u64, u64)> {
        let moves = |point: &&Point| point.ramp.is_some_and(|ramp| ramp > 0.0 && ramp < 1.0);
        let first = self.points.iter().find(moves)?;
        let last = self.points.iter().rfind(moves)?;
        Some((first.epoch, last.epoch))
    }

    /// The first epoch of every later phase, and of the recovery epochs, each with its name.
    pub(crate) fn turns(&self) -> Vec<(u64, String)> {
        let turn = |ends: &[Point]| {
            let [before, after] = ends else { return None };
            let name = if after.phase != before.phase {
                format!("phase {}", after.phase)
            } else if after.stage != before.stage {
                "recovery".to_owned()
            } else {
                return None;
            };
            Some((after.epoch, name))
        };
        self.points.windows(2).filter_map(turn).collect()
    }
}

/// The curves of `labels` at `target`, or without a target for those that have none, in that order.
/// `epochs` is the frame of `epochs.parquet` over all runs.
pub(crate) fn curves(
    epochs: &DataFrame,
    labels: &[String],
    target: Option<f64>,
) -> PolarsResult<Vec<Curve>> {
    let mut curves = Vec::new();
    for label in labels {
        let rows = rows_by_epoch(epochs, label, target)?;
        let points = rows.iter().map(|(epoch, rows)| point(epochs, *epoch, rows));
        let points = points.collect::<PolarsResult<Vec<_>>>()?;
        let seeds = rows.values().next().map_or(0, Vec::len);
        if seeds > 0 {
            curves.push(Curve { label: label.clone(), seeds, points });
        }
    }
    Ok(curves)
}

/// The rows of a label, by epoch: one for every seed.
fn rows_by_epoch(
    epochs: &DataFrame,
    label: &str,
    target: Option<f64>,
) -> PolarsResult<BTreeMap<u64, Vec<usize>>> {
    let labels = epochs.column("label")?.str()?;
    let targets = epochs.column("target_activity")?.f64()?;
    let numbers = epochs.column("epoch")?.u64()?;
    let mut rows: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for row in 0..epochs.height() {
        let at_target = targets.get(row).is_none_or(|own| Some(own) == target);
        if labels.get(row) == Some(label) && at_target {
            rows.entry(numbers.get(row).unwrap_or_default()).or_default().push(row);
        }
    }
    Ok(rows)
}

fn point(epochs: &DataFrame, epoch: u64, rows: &[usize]) -> PolarsResult<Point> {
    let spread = |name: &str| -> PolarsResult<Option<Spread>> {
        let values = epochs.column(name)?.f64()?;
        Ok(Spread::of(rows.iter().filter_map(|&row| values.get(row))))
    };
    let first = rows[0];
    Ok(Point {
        epoch,
        phase: epochs.column("phase")?.u64()?.get(first).unwrap_or(1),
        stage: epochs.column("stage")?.str()?.get(first).unwrap_or_default().to_owned(),
        accuracy: spread("val_accuracy")?,
        soft_accuracy: spread("soft_accuracy")?,
        activity: spread("activity")?,
        soft_activity: spread("soft_activity")?,
        ramp: spread("ramp")?.map(|ramp| ramp.mean),
    })
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    /// Two seeds of `gated` over three epochs, the last one of another task; one of `whole`; and a
    /// row of `gated` at another target.
    fn epochs() -> DataFrame {
        df!(
            "label" => ["gated", "gated", "gated", "gated", "gated", "gated", "whole", "gated"],
            "target_activity" => [Some(0.1), Some(0.1), Some(0.1), Some(0.1), Some(0.1), Some(0.1),
                None, Some(0.5)],
            "epoch" => [1_u64, 2, 3, 1, 2, 3, 1, 1],
            "phase" => [1_u64, 1, 2, 1, 1, 2, 1, 1],
            "stage" => ["raw", "fine-tuned", "fine-tuned", "raw", "fine-tuned", "fine-tuned", "raw",
                "raw"],
            "val_accuracy" => [0.5, 0.75, f64::NAN, 0.75, 0.25, f64::NAN, 0.875, 0.0],
            "activity" => [1.0, 0.5, 0.125, 1.0, 0.25, 0.125, 1.0, 0.0],
            "soft_accuracy" => [Some(0.5), Some(0.5), Some(0.5), Some(0.5), Some(0.5), Some(0.5),
                None, Some(0.5)],
            "soft_activity" => [Some(1.0), Some(0.5), Some(0.25), Some(1.0), Some(0.5), Some(0.25),
                None, Some(0.5)],
            "ramp" => [Some(0.0), Some(0.5), Some(1.0), Some(0.0), Some(0.25), Some(1.0), None,
                Some(0.5)],
        )
        .expect("columns of one length")
    }

    fn line(curve: &Curve, point: &Point) -> String {
        let spread = |spread: Option<Spread>| {
            spread.map_or("none".to_owned(), |Spread { mean, least, greatest }| {
                format!("{mean} [{least}, {greatest}]")
            })
        };
        let Point { epoch, phase, stage, accuracy, activity, soft_activity, ramp, .. } = point;
        format!(
            "{} n={} {epoch} {phase} {stage} {} {} {} {ramp:?}",
            curve.label,
            curve.seeds,
            spread(*accuracy),
            spread(*activity),
            spread(*soft_activity)
        )
    }

    /// What stands behind the picture, a line a point.
    #[test]
    fn the_points_are_those_of_the_epochs() {
        let labels = ["whole", "gated", "missing"].map(str::to_owned);
        let curves = curves(&epochs(), &labels, Some(0.1)).expect("read");
        let lines: Vec<_> = curves
            .iter()
            .flat_map(|curve| curve.points.iter().map(|point| line(curve, point)))
            .collect();
        assert_eq!(
            lines,
            [
                "whole n=1 1 1 raw 0.875 [0.875, 0.875] 1 [1, 1] none None",
                "gated n=2 1 1 raw 0.625 [0.5, 0.75] 1 [1, 1] 1 [1, 1] Some(0.0)",
                "gated n=2 2 1 fine-tuned 0.5 [0.25, 0.75] 0.375 [0.25, 0.5] 0.5 [0.5, 0.5] \
                 Some(0.375)",
                "gated n=2 3 2 fine-tuned none 0.125 [0.125, 0.125] 0.25 [0.25, 0.25] Some(1.0)",
            ]
        );
        assert_eq!(curves[1].ramp(), Some((2, 2)));
        assert_eq!(curves[1].turns(), [(2, "recovery".to_owned()), (3, "phase 2".to_owned())]);
        assert!(curves[1].has_soft_mode() && !curves[0].has_soft_mode());
    }
}
