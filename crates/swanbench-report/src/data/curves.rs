//! The points of the training curves: one per epoch, averaged over seeds.

use std::collections::BTreeMap;

use swanbench_results::EpochRow;
use swanbench_spec::{Epoch, Stage};

use crate::data::spread::Spread;

/// An epoch of one label, over the seeds that reached it. Shares lie in `[0, 1]`; `None` if no seed
/// measured a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// Counted from 1 through all stages and tasks.
    pub epoch: u64,
    pub task_index: u32,
    pub stage: Stage,
    /// Validation accuracy with hard gates and with soft ones.
    pub accuracy: Option<Spread>,
    pub soft_accuracy: Option<Spread>,
    /// Validation activity with hard gates and with soft ones.
    pub activity: Option<Spread>,
    pub soft_activity: Option<Spread>,
    /// The state of the method's own ramp, in `[0, 1]`.
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

    /// Returns the epochs between which the mean ramp is neither at its start nor at its end.
    pub(crate) fn ramp(&self) -> Option<(u64, u64)> {
        let moves = |point: &&Point| point.ramp.is_some_and(|ramp| ramp > 0.0 && ramp < 1.0);
        let first = self.points.iter().find(moves)?;
        let last = self.points.iter().rfind(moves)?;
        Some((first.epoch, last.epoch))
    }

    /// Returns the first epoch of every later task, and of the recovery epochs, each with its name.
    pub(crate) fn turns(&self) -> Vec<(u64, String)> {
        let turn = |ends: &[Point]| {
            let [before, after] = ends else { return None };
            let name = if after.task_index != before.task_index {
                format!("phase {}", after.task_index)
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

/// Returns the curves of `labels` at `target`, or without a target for those that have none, in
/// that order.
pub(crate) fn curves(epochs: &[EpochRow], labels: &[String], target: Option<f64>) -> Vec<Curve> {
    let curve = |label: &String| {
        let mut seeds: BTreeMap<u32, Vec<&Epoch>> = BTreeMap::new();
        for EpochRow { run, row } in epochs {
            let at_target = run.target_activity.is_none() || run.target_activity == target;
            if run.label == *label && at_target {
                seeds.entry(row.epoch).or_default().push(row);
            }
        }
        Some(Curve {
            label: label.clone(),
            seeds: seeds.values().next()?.len(),
            points: seeds.values().map(|seeds| point(seeds)).collect(),
        })
    };
    labels.iter().filter_map(curve).collect()
}

/// Averages the rows of one epoch, one per seed.
fn point(seeds: &[&Epoch]) -> Point {
    let spread =
        |value: fn(&Epoch) -> Option<f64>| Spread::of(seeds.iter().filter_map(|row| value(row)));
    let Epoch { epoch, task_index, stage, .. } = *seeds[0];
    Point {
        epoch: epoch.into(),
        task_index,
        stage,
        accuracy: spread(|row| Some(row.val_accuracy)),
        soft_accuracy: spread(|row| row.soft_accuracy),
        activity: spread(|row| Some(row.activity)),
        soft_activity: spread(|row| row.soft_activity),
        ramp: spread(|row| row.ramp).map(|ramp| ramp.mean),
    }
}

#[cfg(test)]
mod tests {
    use swanbench_results::samples::run_ref;

    use super::*;

    /// Two seeds of `gated` over three epochs, the last one of another task; one of `whole`; and a
    /// row of `gated` at another target.
    fn epochs() -> Vec<EpochRow> {
        let gated = [
            (0, 1, 0.5, 1.0, 1.0, 0.0),
            (0, 2, 0.75, 0.5, 0.5, 0.5),
            (0, 3, f64::NAN, 0.125, 0.25, 1.0),
            (1, 1, 0.75, 1.0, 1.0, 0.0),
            (1, 2, 0.25, 0.25, 0.5, 0.25),
            (1, 3, f64::NAN, 0.125, 0.25, 1.0),
        ];
        let gated = gated.map(|(seed, epoch, accuracy, activity, soft, ramp)| EpochRow {
            run: run_ref("gated", Some(0.1), seed),
            row: Epoch {
                epoch,
                task_index: 1 + epoch / 3,
                stage: if epoch > 1 { Stage::Recovery } else { Stage::Training },
                train_loss: 0.5,
                penalty: 0.0,
                val_accuracy: accuracy,
                activity,
                soft_accuracy: Some(0.5),
                soft_activity: Some(soft),
                ramp: Some(ramp),
            },
        });
        let first = &gated[0].row;
        let whole = Epoch {
            val_accuracy: 0.875,
            soft_accuracy: None,
            soft_activity: None,
            ramp: None,
            ..first.clone()
        };
        let other = Epoch { val_accuracy: 0.0, activity: 0.0, ..first.clone() };
        let others = [
            EpochRow { run: run_ref("whole", None, 0), row: whole },
            EpochRow { run: run_ref("gated", Some(0.5), 0), row: other },
        ];
        gated.into_iter().chain(others).collect()
    }

    fn line(curve: &Curve, point: &Point) -> String {
        let spread = |spread: Option<Spread>| {
            spread.map_or("none".to_owned(), |Spread { mean, least, greatest }| {
                format!("{mean} [{least}, {greatest}]")
            })
        };
        let Point { epoch, task_index, stage, accuracy, activity, soft_activity, ramp, .. } = point;
        format!(
            "{} n={} {epoch} {task_index} {stage} {} {} {} {ramp:?}",
            curve.label,
            curve.seeds,
            spread(*accuracy),
            spread(*activity),
            spread(*soft_activity)
        )
    }

    /// A line per point.
    #[test]
    fn the_points_are_those_of_the_epochs() {
        let labels = ["whole", "gated", "missing"].map(str::to_owned);
        let curves = curves(&epochs(), &labels, Some(0.1));
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
