//! Label against label at equal cost.

use super::curve;
use crate::{
    RunRow,
    operating::{LabelPoints, Point, Selection, paired, points},
    statistics::{Summary, more_seeds_needed, probability_of_superiority},
};

/// How many costs two curves are compared at, evenly spread over the logarithm of those that both
/// have.
const COSTS: usize = 17;

/// Two labels over the costs that both were measured at.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The first label.
    pub label: String,
    /// The second label.
    pub other: String,
    /// The number of seeds.
    pub n: usize,
    /// The costs that every seed of both reaches, as shares of the dense model's FLOPs.
    pub costs: (f64, f64),
    /// Mean test accuracy of the first less that of the second, over these costs and over seeds.
    pub difference: f64,
    /// Its 95% interval by Student's t. `None` if there is one seed.
    pub interval: Option<(f64, f64)>,
    /// How probable it is that the first is better, given these seeds. `None` if there is one seed.
    pub probability: Option<f64>,
    /// How many more seeds would decide which is better if their spread stayed; 0 if it is decided.
    /// `None` if no reasonable number would.
    pub more_seeds: Option<usize>,
}

/// Compares every two labels that have costs in common in the task, the earlier one of the
/// experiment first.
pub fn pairs(runs: &[RunRow], task_index: u32) -> Vec<Pair> {
    let all = points(runs, Selection::accuracies(task_index));
    let later = |index: usize| all[index + 1..].iter();
    let each = all.iter().enumerate();
    let two = each.flat_map(|(index, one)| later(index).map(move |other| (one, other)));
    two.filter_map(|(one, other)| pair(one, other)).collect()
}

/// Returns the least and the greatest cost that every seed reaches.
fn common_costs<'a>(seeds: impl Iterator<Item = &'a Vec<Point>>) -> (f64, f64) {
    let ends = seeds.map(|points| {
        let costs = points.iter().map(|point| point.cost);
        costs.fold((f64::INFINITY, 0.0_f64), |(low, high), cost| (low.min(cost), high.max(cost)))
    });
    ends.fold((0.0, f64::INFINITY), |all, one| (all.0.max(one.0), all.1.min(one.1)))
}

fn pair(one: &LabelPoints, other: &LabelPoints) -> Option<Pair> {
    let (own, theirs) = (&one.seeds, &other.seeds);
    let (low, high) = common_costs(own.values().chain(theirs.values()));
    if !(low > 0.0 && low <= high * (1.0 + 1e-9)) {
        return None;
    }
    let at = |step: usize| low * (high / low).powf(step as f64 / (COSTS - 1) as f64);
    let difference = |(one, other): (&[_], &[_])| -> Option<f64> {
        let (one, other) = (curve(one), curve(other));
        let at_cost = |cost| Some(one.accuracy_at(cost)? - other.accuracy_at(cost)?);
        let differences: Vec<f64> = (0..COSTS).filter_map(|step| at_cost(at(step))).collect();
        (!differences.is_empty())
            .then(|| differences.iter().sum::<f64>() / differences.len() as f64)
    };
    let differences: Vec<f64> = paired(own, theirs).filter_map(difference).collect();
    let summary = Some(Summary::of(&differences)).filter(|summary| summary.mean.is_finite())?;
    Some(Pair {
        label: one.label.clone(),
        other: other.label.clone(),
        n: differences.len(),
        costs: (low, high),
        difference: summary.mean,
        interval: summary.interval(),
        probability: probability_of_superiority(&differences),
        more_seeds: more_seeds_needed(&differences, summary.mean.abs()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(name: &str, seeds: &[&[(f64, f64)]]) -> LabelPoints {
        let point = |&(cost, value): &(f64, f64)| Point { target: Some(cost), cost, value };
        let seeds =
            (0..).zip(seeds).map(|(seed, points)| (seed, points.iter().map(point).collect()));
        LabelPoints { label: name.to_owned(), seeds: seeds.collect() }
    }

    #[test]
    fn two_labels_are_compared_over_the_costs_of_both() {
        let one = label("one", &[&[(0.1, 0.8), (0.4, 0.9)], &[(0.1, 0.82), (0.4, 0.92)]]);
        let other = label("other", &[&[(0.1, 0.7), (1.0, 0.7)], &[(0.2, 0.71), (1.0, 0.71)]]);
        let pair = pair(&one, &other).expect("costs in common");
        // From 0.2, which the second seed of the other begins with, to 0.4: the first rises from
        // 0.85 to 0.9 (0.87 to 0.92), the other is level.
        assert!((pair.costs.0 - 0.2).abs() < 1e-12 && (pair.costs.1 - 0.4).abs() < 1e-12);
        assert!((pair.difference - 0.18).abs() < 1e-12, "{}", pair.difference);
        let (low, high) = pair.interval.expect("two seeds");
        // Seeds differ by 0.175 and 0.185: t(1) 0.00707 / sqrt(2) = 12.706 times 0.005.
        assert!((high - low - 2.0 * 0.063_531_023_7).abs() < 1e-9, "{low} {high}");
        assert_eq!(pair.more_seeds, Some(0));
    }

    #[test]
    fn labels_without_a_common_cost_are_not_compared() {
        let one = label("one", &[&[(0.1, 0.8), (0.4, 0.9)]]);
        assert_eq!(pair(&one, &label("other", &[&[(0.5, 0.9), (1.0, 0.9)]])), None);
        let first = label("first", &[&[(1.0, 0.95)]]);
        let whole = pair(&first, &label("second", &[&[(1.0, 0.90)]])).expect("one cost");
        assert!((whole.difference - 0.05).abs() < 1e-12);
        assert_eq!((whole.n, whole.interval, whole.probability), (1, None, None));
    }
}
