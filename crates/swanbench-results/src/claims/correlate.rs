//! Claims on what single examples cost.

use std::collections::BTreeMap;

use swanbench_spec::{Claim, Relation, Sign};

use super::verdict::{Sample, Unit, Verdict};
use crate::GroupRow;

/// What is correlated.
pub(super) struct Correlated<'a> {
    /// In the runs of this label.
    pub label: &'a str,
    pub expect: Sign,
    pub margin: f64,
}

/// Judges a claim that FLOPs increase with the difficulty of examples in the runs of a label: by one
/// value per seed, the mean of Spearman's rank correlation over targets.
pub(super) fn judge(groups: &[GroupRow], claim: &Claim, correlated: &Correlated) -> Verdict {
    let Correlated { label, expect, margin } = *correlated;
    let mut of_run: BTreeMap<(u64, &str), f64> = BTreeMap::new();
    let mut within: BTreeMap<&str, f64> = BTreeMap::new();
    for group in groups.iter().filter(|group| group.run.label == label) {
        if let Some(correlation) = group.row.correlation {
            of_run.insert((group.run.seed, &group.run.run_id), correlation);
        }
        if let Some(correlation) = group.row.correlation_within {
            within.insert(&group.run.run_id, correlation);
        }
    }
    let mut by_seed: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for ((seed, _), correlation) in of_run {
        by_seed.entry(seed).or_default().push(correlation);
    }
    let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let values: Vec<f64> = by_seed.values().map(mean).collect();
    let note = if values.is_empty() {
        format!(
            "all examples cost `{label}` the same, or there is no dense net to say which are \
             difficult"
        )
    } else {
        let within = within.values().sum::<f64>() / within.len() as f64;
        format!("mean over targets; within classes {within:+.2}")
    };
    let expect = match expect {
        Sign::Positive => Relation::Greater,
        Sign::Negative => Relation::Less,
        Sign::None => Relation::Equal,
    };
    let unit = Unit { scale: 1.0, name: "rank correlation".to_owned() };
    Sample { values, expect, margin, unit, note }.judge(claim)
}

#[cfg(test)]
mod tests {
    use swanbench_spec::{PerExample, Question};

    use super::*;
    use crate::{ExampleGroup, GroupBy, claims::Outcome, samples::run_ref};

    fn verdict(label: &str, expect: Sign) -> Verdict {
        // Two targets per seed; the rows of a run repeat its correlation.
        let groups = [
            ("gated", Some(0.5), 0, Some(0.3)),
            ("gated", Some(0.5), 0, Some(0.3)),
            ("gated", Some(0.1), 0, Some(0.5)),
            ("gated", Some(0.5), 1, Some(0.4)),
            ("gated", Some(0.1), 1, Some(0.42)),
            ("other", None, 0, None),
        ]
        .map(|(label, target, seed, correlation)| GroupRow {
            run: run_ref(label, target, seed),
            row: ExampleGroup {
                by: GroupBy::Class,
                index: 0,
                examples: 1,
                unit_flops_share: 0.5,
                accuracy: None,
                dense_loss: None,
                correlation,
                correlation_within: correlation.map(|correlation| correlation / 2.0),
            },
        });
        let question = Question::Correlate {
            quantities: [PerExample::FlopsPerExample, PerExample::DenseLoss],
            label: label.to_owned(),
            expect,
            margin: 0.0,
        };
        let claim = Claim { id: "easy".to_owned(), statement: String::new(), question };
        judge(&groups, &claim, &Correlated { label, expect, margin: 0.0 })
    }

    #[test]
    fn runs_count_once_and_targets_are_averaged() {
        let verdict = verdict("gated", Sign::Positive);
        // Seeds: (0.3 + 0.5) / 2 and (0.4 + 0.42) / 2.
        assert!((verdict.effect.expect("two seeds") - 0.405).abs() < 1e-12);
        assert_eq!((verdict.n, verdict.outcome), (2, Outcome::Supported));
        assert_eq!(verdict.note, "mean over targets; within classes +0.20");
    }

    #[test]
    fn examples_of_equal_cost_leave_it_undecided() {
        let verdict = verdict("other", Sign::Positive);
        assert_eq!((verdict.n, verdict.outcome), (0, Outcome::Undecided));
        assert!(verdict.note.starts_with("all examples cost `other` the same"), "{}", verdict.note);
    }
}
