//! What single examples cost and which are classified right, by class and by difficulty.
//!
//! The difficulty of an example is the loss that the dense net of the same seed has on it: a
//! measure that no compressed net has a part in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use swanbench_spec::{columns, quantile, words};

use crate::statistics::spearman;

/// Equal parts of the examples, from the easiest to the most difficult.
const PARTS: usize = 10;
/// Between the percentiles that are kept.
const STEP: u64 = 5;

/// One test example of a run.
pub(crate) struct Example {
    pub class: u64,
    pub is_right: bool,
    /// Its FLOPs over the dense model's.
    pub unit_flops_share: f64,
}

/// How difficult the test examples are, for one seed.
pub(crate) struct Difficulty {
    losses: Vec<f64>,
    /// Positions, the easiest example first.
    order: Vec<usize>,
}

impl Difficulty {
    /// Orders the dense net's losses, given in the order of the data.
    pub(crate) fn of(losses: Vec<f64>) -> Self {
        let mut order: Vec<usize> = (0..losses.len()).collect();
        order.sort_by(|&one, &other| losses[one].total_cmp(&losses[other]));
        Self { losses, order }
    }
}

/// What the examples of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupBy {
    /// Their class.
    Class,
    /// How difficult they are for the dense net: tenths of all examples.
    Difficulty,
    /// Nothing: the group is a quantile over all of them.
    Quantile,
}

words!(GroupBy);

columns! {
    /// Some examples of a run, or a quantile over all of them.
    #[derive(Debug, Clone, PartialEq)]
    pub struct ExampleGroup {
        /// What they have in common.
        pub by: GroupBy,
        /// The class; the tenth, the easiest being 0; the percentile.
        pub index: u64,
        /// How many they are.
        pub examples: u64,
        /// The mean over the group, or the quantile, of an example's FLOPs over the dense model's.
        pub unit_flops_share: f64,
        /// The share of them that the run's network classifies right. `None` for quantiles.
        pub accuracy: Option<f64>,
        /// The dense net's mean loss on the group. `None` if there is no dense net.
        pub dense_loss: Option<f64>,
        /// Spearman's rank correlation of FLOPs with the dense net's loss over all examples of the
        /// run: the same in all of its groups. `None` if there is no dense net, or if all examples
        /// cost the same.
        pub correlation: Option<f64>,
        /// The same within classes, averaged over classes by their examples: whether the difficult
        /// examples of one class cost more than its easy ones.
        pub correlation_within: Option<f64>,
    }
}

/// Groups by class, then by tenths of difficulty if it is known, then by percentiles if examples do
/// not all cost the same.
pub(crate) fn groups(examples: &[Example], difficulty: Option<&Difficulty>) -> Vec<ExampleGroup> {
    let difficulty = difficulty.filter(|known| known.losses.len() == examples.len());
    let shares: Vec<f64> = examples.iter().map(|example| example.unit_flops_share).collect();
    let mut sorted = shares.clone();
    sorted.sort_by(f64::total_cmp);
    // But for the cheapest few.
    let varies = sorted.last().is_some_and(|most| quantile(&sorted, 0.05) < *most);
    let ranked = difficulty.filter(|_| varies);
    let correlation = ranked.and_then(|known| spearman(&shares, &known.losses));
    let correlation_within = ranked.and_then(|known| within_classes(examples, known));
    let group = |by, index, members: &[usize]| {
        let mean = |value: &dyn Fn(usize) -> f64| {
            members.iter().map(|&at| value(at)).sum::<f64>() / members.len() as f64
        };
        ExampleGroup {
            by,
            index,
            examples: members.len() as u64,
            unit_flops_share: mean(&|at| shares[at]),
            accuracy: Some(mean(&|at| f64::from(u8::from(examples[at].is_right)))),
            dense_loss: difficulty.map(|known| mean(&|at| known.losses[at])),
            correlation,
            correlation_within,
        }
    };
    let of_classes = classes(examples).into_iter();
    let mut all: Vec<ExampleGroup> =
        of_classes.map(|(class, members)| group(GroupBy::Class, class, &members)).collect();
    if let Some(known) = difficulty {
        let count = known.order.len();
        let part = |part: usize| &known.order[part * count / PARTS..(part + 1) * count / PARTS];
        let parts = (0..PARTS).filter(|&index| !part(index).is_empty());
        all.extend(parts.map(|index| group(GroupBy::Difficulty, index as u64, part(index))));
    }
    let percentiles = (0..=100).step_by(STEP as usize).filter(|_| varies);
    all.extend(percentiles.map(|percent: u64| ExampleGroup {
        by: GroupBy::Quantile,
        index: percent,
        examples: sorted.len() as u64,
        unit_flops_share: quantile(&sorted, percent as f64 / 100.0),
        accuracy: None,
        dense_loss: None,
        correlation,
        correlation_within,
    }));
    all
}

/// Returns the classes that have examples, with their positions.
fn classes(examples: &[Example]) -> BTreeMap<u64, Vec<usize>> {
    let mut classes: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (at, example) in examples.iter().enumerate() {
        classes.entry(example.class).or_default().push(at);
    }
    classes
}

/// Averages the rank correlation within each class by its examples. Classes whose examples all cost
/// the same have none.
fn within_classes(examples: &[Example], difficulty: &Difficulty) -> Option<f64> {
    let correlation = |members: &Vec<usize>| {
        let shares: Vec<f64> = members.iter().map(|&at| examples[at].unit_flops_share).collect();
        let losses: Vec<f64> = members.iter().map(|&at| difficulty.losses[at]).collect();
        Some((spearman(&shares, &losses)?, members.len() as f64))
    };
    let known: Vec<(f64, f64)> = classes(examples).values().filter_map(correlation).collect();
    let count: f64 = known.iter().map(|(_, count)| count).sum();
    let sum: f64 = known.iter().map(|(correlation, count)| correlation * count).sum();
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty examples of two classes that cost the more the more difficult they are.
    fn examples() -> Vec<Example> {
        let example = |at: u64| Example {
            class: at % 2,
            is_right: at < 5,
            unit_flops_share: at as f64 / 20.0,
        };
        (0..20).map(example).collect()
    }

    fn by(groups: &[ExampleGroup], by: GroupBy) -> Vec<&ExampleGroup> {
        groups.iter().filter(|group| group.by == by).collect()
    }

    #[test]
    fn groups_are_by_class_difficulty_and_rank() {
        let difficulty = Difficulty::of((0..20).map(f64::from).collect());
        let groups = groups(&examples(), Some(&difficulty));
        let classes = by(&groups, GroupBy::Class);
        // Even positions have the mean 9, odd ones 10.
        assert_eq!(classes.iter().map(|group| group.examples).collect::<Vec<_>>(), [10, 10]);
        assert!((classes[0].unit_flops_share - 9.0 / 20.0).abs() < 1e-12);
        // Of 0 to 4 are three even.
        let accuracies = |groups: &[&ExampleGroup]| -> Vec<_> {
            groups.iter().map(|group| group.accuracy).collect()
        };
        assert_eq!(accuracies(&classes), [Some(0.3), Some(0.2)]);
        let tenths = by(&groups, GroupBy::Difficulty);
        assert_eq!(tenths.len(), 10);
        assert!((tenths[9].unit_flops_share - 18.5 / 20.0).abs() < 1e-12);
        assert_eq!(tenths[9].dense_loss, Some(18.5));
        assert_eq!(accuracies(&tenths)[..4], [Some(1.0), Some(1.0), Some(0.5), Some(0.0)]);
        let quantiles = by(&groups, GroupBy::Quantile);
        // numpy.quantile(numpy.arange(20) / 20, [0, 0.05, 1])
        let ends = [0, 1, 20].map(|at: usize| quantiles[at].unit_flops_share);
        assert!(ends.iter().zip([0.0, 0.0475, 0.95]).all(|(a, b)| (a - b).abs() < 1e-12));
        assert!(groups.iter().all(|group| (group.correlation.unwrap() - 1.0).abs() < 1e-12));
    }

    #[test]
    fn costly_easy_examples_correlate_negatively() {
        let difficulty = Difficulty::of((0..20).map(|at| f64::from(-at)).collect());
        let groups = groups(&examples(), Some(&difficulty));
        assert!((groups[0].correlation.unwrap() + 1.0).abs() < 1e-12);
        assert!((by(&groups, GroupBy::Difficulty)[0].unit_flops_share - 18.5 / 20.0).abs() < 1e-12);
    }

    #[test]
    fn what_differs_between_classes_only_is_not_within_them() {
        // Class 1 is difficult and costly; within classes the costly examples are the easy ones.
        let examples: Vec<Example> = (0..8)
            .map(|at| Example {
                class: at / 4,
                is_right: true,
                unit_flops_share: (at / 4 * 10 + at % 4) as f64,
            })
            .collect();
        let losses = (0..8).map(|at| f64::from(at / 4 * 10 - at % 4)).collect();
        let groups = groups(&examples, Some(&Difficulty::of(losses)));
        assert!(groups[0].correlation.unwrap() > 0.5);
        assert!((groups[0].correlation_within.unwrap() + 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_costs_the_same_has_no_quantiles() {
        let examples = examples().into_iter();
        let equal: Vec<_> = examples.map(|one| Example { unit_flops_share: 0.5, ..one }).collect();
        let groups = groups(&equal, Some(&Difficulty::of((0..20).map(f64::from).collect())));
        assert!(by(&groups, GroupBy::Quantile).is_empty());
        assert!(groups.iter().all(|group| group.correlation.is_none()));
        assert_eq!(by(&groups, GroupBy::Difficulty)[2].accuracy, Some(0.5));
    }

    #[test]
    fn without_a_dense_net_there_is_no_difficulty() {
        let groups = groups(&examples(), None);
        assert!(by(&groups, GroupBy::Difficulty).is_empty());
        assert!(
            groups.iter().all(|group| group.dense_loss.is_none() && group.correlation.is_none())
        );
    }

    #[test]
    fn of_a_few_examples_no_group_is_empty() {
        let few: Vec<Example> = examples().into_iter().take(3).collect();
        let groups = groups(&few, Some(&Difficulty::of(vec![0.3, 0.1, 0.2])));
        assert!(groups.iter().all(|group| group.unit_flops_share.is_finite()), "{groups:?}");
        assert_eq!(by(&groups, GroupBy::Difficulty).len(), 3);
    }
}
