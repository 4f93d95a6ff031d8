//! All operating points of a label in a few numbers.

use rayon::prelude::*;

use super::curve;
use crate::{
    RunRow,
    operating::{BySeed, Point, Selection, points},
    statistics::{Curve, Summary, bootstrap_95, hypervolume},
};

/// Shares of the dense model's FLOPs at which accuracies are compared.
pub const MATCHED_COSTS: [f64; 5] = [0.02, 0.05, 0.1, 0.2, 0.5];

/// How far below the reference counts as near: one point of accuracy.
const NEAR: f64 = 0.01;

/// A number over seeds with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The mean over seeds.
    pub mean: f64,
    /// The bounds of the interval. `None` if there is one seed.
    pub bounds: Option<(f64, f64)>,
}

/// One label, all targets together.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelSummary {
    /// The label.
    pub label: String,
    /// The number of seeds.
    pub n: usize,
    /// Test accuracy at each of [`MATCHED_COSTS`], interpolated seed by seed, with intervals by
    /// Student's t. `None` if not every seed was measured on both sides of it.
    pub accuracy_at: [Option<Interval>; MATCHED_COSTS.len()],
    /// The least share of FLOPs at which the mean accuracy is within a point of the reference's,
    /// both of the same seeds, by interpolation; the interval by bootstrap over seeds. `None` if it
    /// never is, or if there is no reference.
    pub near_reference_at: Option<Interval>,
    /// The area of cost and accuracy that the label dominates, over the rectangle from chance up and
    /// to the dense model's cost: 1 were it always right at no cost, 0 were it never better than
    /// chance. The interval by bootstrap over seeds.
    pub hypervolume: Interval,
}

/// Summarises every label with results in the task, in the order of the experiment. `reference` is
/// the label that others should come near to, and `chance` the accuracy of a guess.
pub fn labels(
    runs: &[RunRow],
    task_index: u32,
    reference: Option<&str>,
    chance: f64,
) -> Vec<LabelSummary> {
    let all = points(runs, Selection::accuracies(task_index));
    let is_reference = |label: &str| Some(label) == reference;
    let reference = all.iter().find(|one| is_reference(&one.label)).map(|one| &one.seeds);
    all.par_iter().map(|one| summary(&one.label, &one.seeds, reference, chance)).collect()
}

fn summary(label: &str, own: &BySeed, reference: Option<&BySeed>, chance: f64) -> LabelSummary {
    let seeds: Vec<&[Point]> = own.values().map(Vec::as_slice).collect();
    let curves: Vec<Curve> = seeds.iter().map(|points| curve(points)).collect();
    let accuracy_at = MATCHED_COSTS.map(|cost| {
        let values: Option<Vec<f64>> = curves.iter().map(|curve| curve.accuracy_at(cost)).collect();
        let summary = Summary::of(&values.filter(|values| !values.is_empty())?);
        Some(Interval { mean: summary.mean, bounds: summary.interval_of_shares() })
    });
    let volumes: Vec<f64> = seeds
        .iter()
        .map(|points| {
            let points: Vec<_> = points.iter().map(|point| (point.cost, point.value)).collect();
            hypervolume(&points, (1.0, chance)) / (1.0 - chance)
        })
        .collect();
    let mean =
        |taken: &[usize]| taken.iter().map(|&seed| volumes[seed]).sum::<f64>() / taken.len() as f64;
    let every: Vec<usize> = (0..volumes.len()).collect();
    LabelSummary {
        label: label.to_owned(),
        n: own.len(),
        accuracy_at,
        near_reference_at: reference.and_then(|reference| near_reference_at(own, reference)),
        hypervolume: Interval { mean: mean(&every), bounds: bootstrap_95(volumes.len(), mean) },
    }
}

/// Returns the least cost at which the mean over seeds is near the reference's.
fn near_reference_at(own: &BySeed, reference: &BySeed) -> Option<Interval> {
    let mut targets: Vec<Option<f64>> = Vec::new();
    let mut with_target = |point: &Point| {
        let known = targets.iter().position(|target| *target == point.target);
        let target = known.unwrap_or_else(|| {
            targets.push(point.target);
            targets.len() - 1
        });
        (target, point.cost, point.value)
    };
    let seeds: Vec<(Vec<_>, f64)> = own
        .iter()
        .filter_map(|(seed, points)| {
            let best = reference.get(seed)?.iter().map(|point| point.value);
            let points = points.iter().map(&mut with_target).collect();
            Some((points, best.fold(f64::NEG_INFINITY, f64::max)))
        })
        .collect();
    let cost = |taken: &[usize]| -> Option<f64> {
        let count = taken.len() as f64;
        let wanted = taken.iter().map(|&seed| seeds[seed].1).sum::<f64>() / count - NEAR;
        let seeds = taken.iter().map(|&seed| seeds[seed].0.as_slice());
        mean_curve(targets.len(), seeds).cost_to_reach(wanted)
    };
    let every: Vec<usize> = (0..seeds.len()).collect();
    let mean = Some(&every).filter(|every| !every.is_empty()).and_then(|every| cost(every))?;
    let bounds = bootstrap_95(seeds.len(), |taken| cost(taken).unwrap_or(f64::NAN));
    Some(Interval { mean, bounds })
}

/// Returns the curve through the means over seeds at each of `targets`. A seed has the place of the
/// target, the cost and the value of each of its points.
fn mean_curve<'a>(targets: usize, seeds: impl Iterator<Item = &'a [(usize, f64, f64)]>) -> Curve {
    let mut sums = vec![(0.0, 0.0, 0.0); targets];
    for &(target, cost, value) in seeds.flatten() {
        let (costs, values, count) = &mut sums[target];
        *costs += cost;
        *values += value;
        *count += 1.0;
    }
    let measured = sums.iter().filter(|(_, _, count)| *count > 0.0);
    let mean = |(cost, value, count): &(f64, f64, f64)| (cost / count, value / count);
    Curve::new(&measured.map(mean).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operating::samples::by_seed;

    fn gated() -> BySeed {
        by_seed(&[
            (0, Some(0.5), 0.4, 0.94),
            (0, Some(0.1), 0.1, 0.90),
            (1, Some(0.5), 0.4, 0.96),
            (1, Some(0.1), 0.1, 0.92),
        ])
    }

    #[test]
    fn accuracy_is_read_between_targets_by_seed() {
        let summary = summary("gated", &gated(), None, 0.1);
        // 0.2 lies half way between 0.1 and 0.4 in its logarithm: 0.92 and 0.94.
        let at_fifth = summary.accuracy_at[3].expect("measured around it");
        assert!((at_fifth.mean - 0.93).abs() < 1e-12);
        // Two values 0.02 apart: t(1) 0.01414 / sqrt(2) = 12.706 times 0.01, beyond 1: the range.
        let (low, high) = at_fifth.bounds.expect("two seeds");
        assert!((high - low - 0.02).abs() < 1e-8);
        assert_eq!((summary.accuracy_at[0], summary.accuracy_at[4]), (None, None));
    }

    #[test]
    fn the_cost_near_the_reference_is_interpolated() {
        let reference = by_seed(&[(0, None, 1.0, 0.94), (1, None, 1.0, 0.96)]);
        // Wanted: 0.95 - 0.01; means: 0.91 at 0.1, 0.95 at 0.4; three quarters of the way in ln.
        let near = near_reference_at(&gated(), &reference).expect("reached");
        assert!((near.mean - 0.1 * 4.0_f64.powf(0.75)).abs() < 1e-12);
        let never = by_seed(&[(0, None, 1.0, 0.99), (1, None, 1.0, 0.99)]);
        assert_eq!(near_reference_at(&gated(), &never), None);
    }

    #[test]
    fn the_hypervolume_ends_at_the_dense_cost() {
        let summary = summary("gated", &gated(), None, 0.1);
        // Above 0.1, seed 0: 0.8 over 0.9 of the costs and 0.04 over 0.6; seed 1: 0.82 and 0.04.
        let expected = (0.72 + 0.024 + 0.738 + 0.024) / 2.0 / 0.9;
        assert!((summary.hypervolume.mean - expected).abs() < 1e-12);
        assert_eq!(summary.n, 2);
    }
}
