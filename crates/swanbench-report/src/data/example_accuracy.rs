//! Which examples the networks classify right, by class and by difficulty, at the middle target.

use std::collections::BTreeMap;

use swanbench_results::{GroupBy, GroupRow};

use crate::data::{report_data::ReportData, spread::Spread};

/// The most classes that find room in a picture or table.
pub(crate) const MOST_CLASSES: usize = 20;

/// A group of examples: what they have in common, and which of the groups it is.
pub(crate) type Group = (GroupBy, u64);

/// The accuracies of a label at the middle target, or without one, by group and seed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GroupAccuracies {
    pub label: String,
    pub groups: BTreeMap<Group, BTreeMap<u64, f64>>,
}

impl GroupAccuracies {
    /// Returns those of each label that has some, in the order of the experiment.
    pub(crate) fn all(data: &ReportData, rows: &[GroupRow]) -> Vec<Self> {
        let target = data.middle_target();
        let mut by_label: BTreeMap<&str, BTreeMap<Group, BTreeMap<u64, f64>>> = BTreeMap::new();
        for GroupRow { run, row } in rows {
            let Some(accuracy) = row.accuracy else { continue };
            if run.target_activity.is_none() || run.target_activity == target {
                let of_label = by_label.entry(&run.label).or_default();
                of_label.entry((row.by, row.index)).or_default().insert(run.seed, accuracy);
            }
        }
        let of_label = |label: &String| {
            let groups = by_label.remove(label.as_str())?;
            Some(Self { label: label.clone(), groups })
        };
        data.labels.iter().filter_map(of_label).collect()
    }

    /// Returns the mean over seeds. `None` if no seed has the group.
    pub(crate) fn mean(&self, group: Group) -> Option<f64> {
        Spread::of(self.groups.get(&group)?.values().copied()).map(|spread| spread.mean)
    }

    /// Returns by group how much more accurate this label is than another, over the seeds of both.
    pub(crate) fn above(&self, other: &Self, by: GroupBy) -> Vec<(u64, Spread)> {
        let own = self.groups.iter().filter(|((own, _), _)| *own == by);
        let difference = |(group, seeds): (&Group, &BTreeMap<u64, f64>)| {
            let others = other.groups.get(group)?;
            let pairs = seeds.iter().filter_map(|(seed, own)| Some(own - others.get(seed)?));
            Some((group.1, Spread::of(pairs)?))
        };
        own.filter_map(difference).collect()
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use swanbench_results::{ExampleGroup, GroupRow, samples::run_ref};

    use super::Group;

    /// Returns the row of a group of forty examples.
    pub(crate) fn row(
        label: &str,
        target: Option<f64>,
        seed: u64,
        (by, index): Group,
        accuracy: Option<f64>,
    ) -> GroupRow {
        GroupRow {
            run: run_ref(label, target, seed),
            row: ExampleGroup {
                by,
                index,
                examples: 40,
                unit_flops_share: 0.5,
                accuracy,
                dense_loss: None,
                correlation: None,
                correlation_within: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{samples::row, *};
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn differences_are_those_of_seeds_that_both_have() {
        let class = (GroupBy::Class, 3);
        let rows = [
            row("whole", None, 0, class, Some(0.75)),
            row("whole", None, 1, class, Some(1.0)),
            row("gated", Some(0.1), 0, class, Some(0.5)),
            row("gated", Some(0.1), 1, class, Some(0.875)),
            row("gated", Some(0.1), 2, class, Some(0.0)),
        ];
        let cells = vec![cell("gated", Some(0.1), 0.1, 0.5), cell("whole", None, 1.0, 0.5)];
        let all = GroupAccuracies::all(&evidence(cells), &rows);
        let [gated, whole] = &all[..] else { panic!("two labels") };
        let (mean, least, greatest) = (-0.1875, -0.25, -0.125);
        assert_eq!(gated.above(whole, GroupBy::Class), [(3, Spread { mean, least, greatest })]);
        assert_eq!(gated.above(whole, GroupBy::Difficulty), []);
        assert_eq!(whole.mean(class), Some(0.875));
    }
}
