//! Claims on one label against another.

use swanbench_spec::{Claim, Metric, Relation, Side};

use super::verdict::{Sample, Unit, Verdict};
use crate::{
    RunRow,
    headline::last_task,
    operating::{BySeed, Point, Selection, paired, points},
    statistics::Curve,
};

/// What is compared.
pub(super) struct Compared<'a> {
    pub metric: Metric,
    /// Of this one, against that one.
    pub sides: [&'a Side; 2],
    pub at_flops: &'a [f64],
    pub phase: Option<u32>,
    pub expect: Relation,
    pub margin: f64,
}

/// Judges a claim that one label has more, less or as much of a metric: by one value per seed, the
/// mean over targets or budgets of the difference.
pub(super) fn judge(runs: &[RunRow], claim: &Claim, compared: &Compared) -> Verdict {
    let Compared { metric, phase, expect, margin, .. } = *compared;
    let task_index = phase.unwrap_or_else(|| last_task(runs));
    let [of, against] = compared.sides.map(|side| -> BySeed {
        let all = points(runs, Selection { task_index, control: side.control, metric });
        let own = all.into_iter().find(|one| one.label == side.label);
        own.map(|one| one.seeds).unwrap_or_default()
    });
    let (values, note) = if compared.at_flops.is_empty() {
        at_targets(&of, &against)
    } else {
        at_flops(&of, &against, compared.at_flops)
    };
    let unit = if metric.is_share() {
        Unit { scale: 100.0, name: format!("points of {metric}") }
    } else {
        Unit { scale: 1.0, name: metric.to_string() }
    };
    Sample { values, expect, margin, unit, note }.judge(claim)
}

/// Returns the differences at equal targets; a label without a target is compared with every target
/// of the other.
fn at_targets(of: &BySeed, against: &BySeed) -> (Vec<f64>, String) {
    let difference = |one: &[Point], other: &[Point]| -> Option<f64> {
        let pairs = one.iter().flat_map(|one| other.iter().map(move |other| (one, other)));
        let differences: Vec<f64> = pairs
            .filter(|(one, other)| {
                one.target.is_none() || other.target.is_none() || one.target == other.target
            })
            .map(|(one, other)| one.value - other.value)
            .collect();
        mean(&differences)
    };
    let pairs = paired(of, against).filter_map(|(one, other)| difference(one, other));
    let values: Vec<f64> = pairs.collect();
    let targets = of.values().chain(against.values()).flatten();
    let several = targets.filter(|point| point.target.is_some()).count() > 0;
    let note = match (values.is_empty(), several) {
        (true, _) => "no seed has both at an equal target",
        (false, true) => "mean over equal targets",
        (false, false) => "",
    };
    (values, note.to_owned())
}

/// Returns the differences at equal cost, between operating points, at the costs that every seed of
/// both reaches.
fn at_flops(of: &BySeed, against: &BySeed, costs: &[f64]) -> (Vec<f64>, String) {
    let curve = |points: &[Point]| {
        Curve::new(&points.iter().map(|point| (point.cost, point.value)).collect::<Vec<_>>())
    };
    let curves: Vec<(Curve, Curve)> =
        paired(of, against).map(|(one, other)| (curve(one), curve(other))).collect();
    let difference = |(one, other): &(Curve, Curve), cost: f64| {
        Some(one.accuracy_at(cost)? - other.accuracy_at(cost)?)
    };
    let measured = |cost: &&f64| {
        !curves.is_empty() && curves.iter().all(|pair| difference(pair, **cost).is_some())
    };
    let common: Vec<f64> = costs.iter().filter(measured).copied().collect();
    let of_seed = |pair: &(Curve, Curve)| {
        mean(&common.iter().filter_map(|&cost| difference(pair, cost)).collect::<Vec<_>>())
    };
    let values = curves.iter().filter_map(of_seed).collect();
    let percent = |costs: &[f64]| {
        let texts: Vec<String> =
            costs.iter().map(|cost| format!("{}%", (cost * 1e4).round() / 1e2)).collect();
        texts.join(", ")
    };
    let missing: Vec<f64> = costs.iter().filter(|cost| !common.contains(cost)).copied().collect();
    let note = match (common.is_empty(), missing.is_empty()) {
        (true, _) => format!("not both are measured around {} of FLOPs", percent(costs)),
        (false, true) => format!("interpolated at {} of FLOPs", percent(&common)),
        (false, false) => format!(
            "interpolated at {} of FLOPs; not both are measured around {}",
            percent(&common),
            percent(&missing)
        ),
    };
    (values, note)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operating::samples::by_seed;

    fn assert_close(found: &[f64], expected: &[f64]) {
        let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close && found.len() == expected.len(), "{found:?} is not {expected:?}");
    }

    #[test]
    fn equal_targets_of_equal_seeds_are_compared() {
        let of = by_seed(&[
            (0, Some(0.5), 0.5, 0.9),
            (0, Some(0.1), 0.1, 0.8),
            (1, Some(0.5), 0.5, 0.92),
            (2, Some(0.5), 0.5, 0.7),
        ]);
        let against = by_seed(&[
            (0, Some(0.5), 0.5, 0.88),
            (0, Some(0.1), 0.1, 0.74),
            (0, Some(0.02), 0.02, 0.1),
            (1, Some(0.5), 0.5, 0.91),
        ]);
        // Seed 0: the mean of 0.02 and 0.06; seed 2 has no counterpart.
        assert_close(&at_targets(&of, &against).0, &[0.04, 0.01]);
    }

    #[test]
    fn no_target_is_compared_with_every_target() {
        let of = by_seed(&[(0, Some(0.5), 1.0, 0.9), (0, Some(0.1), 1.0, 0.8)]);
        let dense = by_seed(&[(0, None, 1.0, 0.95)]);
        assert_close(&at_targets(&of, &dense).0, &[-0.1]);
    }

    #[test]
    fn at_equal_cost_both_are_read_between_their_points() {
        let of = by_seed(&[(0, Some(0.1), 0.1, 0.8), (0, Some(0.4), 0.4, 0.9)]);
        let against = by_seed(&[(0, Some(0.1), 0.05, 0.6), (0, Some(0.4), 0.2, 0.8)]);
        // At 0.2, half way from 0.1 to 0.4 in its logarithm: 0.85 against 0.8; at 0.1 0.8 against 0.7.
        let (values, note) = at_flops(&of, &against, &[0.1, 0.2, 0.3]);
        assert_close(&values, &[0.075]);
        assert_eq!(note, "interpolated at 10%, 20% of FLOPs; not both are measured around 30%");
        let (values, note) = at_flops(&of, &against, &[0.9]);
        assert!(values.is_empty());
        assert_eq!(note, "not both are measured around 90% of FLOPs");
    }
}
