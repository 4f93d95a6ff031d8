//! The points of the picture: what examples cost, over the seeds of each label.

use std::collections::BTreeMap;

use swanbench_results::{Cell, ExampleGroup, GroupBy, GroupRow};
use swanbench_spec::Control;

use crate::data::{report_data::ReportData, spread::Spread};

/// Classes, tenths or percentiles, each with the cost of its examples as a share of the dense
/// model's FLOPs.
pub(crate) type Groups = Vec<(u64, Spread)>;

/// How a label spends its FLOPs on the test examples. Means are those of seeds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Use {
    pub label: String,
    pub seeds: usize,
    /// The cost of an example, by percentile.
    pub quantiles: Groups,
    /// The mean cost of the tenths of the examples, the easiest for the dense net first; empty
    /// where there is no dense net.
    pub tenths: Groups,
    /// The mean cost by class.
    pub classes: Groups,
    /// The mean cost of all examples.
    pub mean: f64,
    /// Spearman's rank correlation of an example's cost with the dense net's loss on it.
    pub correlation: Option<f64>,
    /// The same within classes.
    pub correlation_within: Option<f64>,
    pub accuracies: Vec<Accuracy>,
}

/// Test accuracy in percent with some gates.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Accuracy {
    /// What replaced the label's own gates. `None` for those.
    pub control: Option<Control>,
    pub mean: f64,
    pub interval: Option<(f64, f64)>,
}

/// Returns the labels whose examples do not all cost the same at `target`, in the order of the
/// experiment.
pub(crate) fn uses(evidence: &ReportData, groups: &[GroupRow], target: Option<f64>) -> Vec<Use> {
    let at_target = |group: &&GroupRow| {
        group.run.target_activity.is_none() || group.run.target_activity == target
    };
    let of_label = |label: &String| {
        let own = groups.iter().filter(at_target).filter(|group| group.run.label == *label);
        let own: Vec<&GroupRow> = own.collect();
        let quantiles = by_index(&own, GroupBy::Quantile);
        (!quantiles.is_empty()).then(|| Use {
            label: label.clone(),
            seeds: distinct(own.iter().map(|group| group.run.seed)).count(),
            quantiles,
            tenths: by_index(&own, GroupBy::Difficulty),
            classes: by_index(&own, GroupBy::Class),
            mean: mean_cost(&own),
            correlation: correlation(&own, |row| row.correlation),
            correlation_within: correlation(&own, |row| row.correlation_within),
            accuracies: accuracies(evidence, label, target),
        })
    };
    evidence.labels.iter().filter_map(of_label).collect()
}

/// Keeps the first of equal neighbours.
fn distinct<T: PartialEq + Copy>(values: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut last = None;
    values.filter(move |&value| last.replace(value) != Some(value))
}

/// Averages over classes, each as often as it has examples.
fn mean_cost(groups: &[&GroupRow]) -> f64 {
    let classes = || groups.iter().map(|group| &group.row).filter(|row| row.by == GroupBy::Class);
    let examples: f64 = classes().map(|row| row.examples as f64).sum();
    let cost: f64 = classes().map(|row| row.examples as f64 * row.unit_flops_share).sum();
    cost / examples
}

/// Averages the rank correlations over seeds; all groups of a run have the same.
fn correlation(groups: &[&GroupRow], of: fn(&ExampleGroup) -> Option<f64>) -> Option<f64> {
    let known = groups.iter().filter_map(|group| Some((group.run.seed, of(&group.row)?)));
    Spread::of(distinct(known).map(|(_, value)| value)).map(|spread| spread.mean)
}

/// Returns the spread over seeds of each index.
fn by_index(groups: &[&GroupRow], by: GroupBy) -> Groups {
    let mut shares: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for ExampleGroup { index, unit_flops_share, .. } in
        groups.iter().map(|group| &group.row).filter(|row| row.by == by)
    {
        shares.entry(*index).or_default().push(*unit_flops_share);
    }
    shares.into_iter().filter_map(|(index, seeds)| Some((index, Spread::of(seeds)?))).collect()
}

/// With the label's own gates, and then with those of each control.
fn accuracies(evidence: &ReportData, label: &str, target: Option<f64>) -> Vec<Accuracy> {
    let Some(own) = evidence
        .headline
        .iter()
        .find(|cell| cell.label == label && (cell.target.is_none() || cell.target == target))
    else {
        return Vec::new();
    };
    let is_control = |cell: &&Cell| cell.conditions.control.is_some() && cell.is_of(own);
    let controls = evidence.others.iter().filter(is_control);
    let accuracy = |cell: &Cell| Accuracy {
        control: cell.conditions.control,
        mean: 100.0 * cell.test_accuracy,
        interval: cell.interval.map(|(low, high)| (100.0 * low, 100.0 * high)),
    };
    [own].into_iter().chain(controls).map(accuracy).filter(|one| one.mean.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use swanbench_results::samples::run_ref;
    use swanbench_spec::Conditions;

    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    /// Two seeds of `gated` with two classes, two tenths and the median, a row at another target,
    /// and a label without difficulties.
    fn groups() -> Vec<GroupRow> {
        use GroupBy::{Class, Difficulty, Quantile};
        let group = |by, index, examples, unit_flops_share| ExampleGroup {
            by,
            index,
            examples,
            unit_flops_share,
            accuracy: None,
            dense_loss: None,
            correlation: None,
            correlation_within: None,
        };
        let gated = |seed, shares: [f64; 5], correlation| {
            let groups = [(Class, 0, 30), (Class, 1, 10), (Difficulty, 0, 4), (Difficulty, 9, 4)];
            let groups = groups.into_iter().chain([(Quantile, 50, 40)]).zip(shares);
            groups.map(move |((by, index, examples), share)| GroupRow {
                run: run_ref("gated", Some(0.1), seed),
                row: ExampleGroup {
                    correlation: Some(correlation),
                    correlation_within: Some(correlation / 2.0),
                    ..group(by, index, examples, share)
                },
            })
        };
        let other = GroupRow {
            run: run_ref("gated", Some(0.5), 1),
            row: ExampleGroup { correlation: Some(1.0), ..group(Quantile, 50, 40, 1.0) },
        };
        let plain = [group(Class, 0, 7, 0.5), group(Quantile, 50, 7, 0.5)];
        gated(0, [0.25, 0.5, 0.125, 0.5, 0.25], 0.25)
            .chain(gated(1, [0.5, 0.75, 0.25, 0.75, 0.375], 0.5))
            .chain([other])
            .chain(plain.map(|row| GroupRow { run: run_ref("plain", None, 0), row }))
            .collect()
    }

    /// A line per panel.
    #[test]
    fn the_points_are_those_of_the_groups() {
        let mut evidence = evidence(vec![
            cell("whole", None, 1.0, 0.95),
            cell("gated", Some(0.1), 0.3, 0.9),
            cell("gated", Some(0.5), 0.6, 0.92),
            cell("plain", None, 0.5, 0.9),
        ]);
        let shuffled = |target, accuracy| {
            let cell = cell("gated", Some(target), 0.3, accuracy);
            let control = Some(Control::Shuffled);
            Cell { conditions: Conditions { control, ..cell.conditions }, ..cell }
        };
        evidence.others = vec![shuffled(0.5, 0.25), shuffled(0.1, 0.5)];
        let mut lines = Vec::new();
        for one in uses(&evidence, &groups(), Some(0.1)) {
            lines.push(format!(
                "{} n={} ρ={:?} within={:?} {}",
                one.label, one.seeds, one.correlation, one.correlation_within, one.mean
            ));
            for (name, groups) in
                [("class", &one.classes), ("tenth", &one.tenths), ("quantile", &one.quantiles)]
            {
                let groups: Vec<_> = groups
                    .iter()
                    .map(|(at, Spread { mean, least, greatest })| {
                        format!("{at}: {mean} [{least}, {greatest}]")
                    })
                    .collect();
                lines.push(format!("  {name} {}", groups.join(", ")));
            }
            let gates = one.accuracies.iter().map(|one| {
                let gates = one.control.map_or("own".to_owned(), |control| control.to_string());
                format!("{gates} {:.1}", one.mean)
            });
            lines.push(format!("  {}", gates.collect::<Vec<_>>().join(", ")));
        }
        assert_eq!(
            lines,
            [
                // (30 * (0.25 + 0.5) + 10 * (0.5 + 0.75)) / 80
                "gated n=2 ρ=Some(0.375) within=Some(0.1875) 0.4375",
                "  class 0: 0.375 [0.25, 0.5], 1: 0.625 [0.5, 0.75]",
                "  tenth 0: 0.1875 [0.125, 0.25], 9: 0.625 [0.5, 0.75]",
                "  quantile 50: 0.3125 [0.25, 0.375]",
                "  own 90.0, shuffled 50.0",
                "plain n=1 ρ=None within=None 0.5",
                "  class 0: 0.5 [0.5, 0.5]",
                "  tenth ",
                "  quantile 50: 0.5 [0.5, 0.5]",
                "  own 90.0",
            ]
        );
    }
}
