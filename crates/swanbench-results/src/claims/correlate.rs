//! Claims on what single examples cost.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, PolarsResult};
use swanbench_spec::{Claim, Relation, Sign};

use super::verdict::{Sample, Verdict};

/// The verdict on a claim that FLOPs go with the difficulty of examples in the runs of a label: a
/// value a seed, the mean of Spearman's rank correlation over targets.
pub(super) fn judge(
    adaptivity: &DataFrame,
    claim: &Claim,
    (label, expect, margin): (&str, Sign, f64),
) -> PolarsResult<Verdict> {
    let labels = adaptivity.column("label")?.str()?;
    let (ids, seeds) = (adaptivity.column("run_id")?.str()?, adaptivity.column("seed")?.u64()?);
    let correlations = adaptivity.column("correlation")?.f64()?;
    let mut of_run: BTreeMap<(u64, &str), f64> = BTreeMap::new();
    for row in (0..adaptivity.height()).filter(|&row| labels.get(row) == Some(label)) {
        if let (Some(seed), Some(id), Some(correlation)) =
            (seeds.get(row), ids.get(row), correlations.get(row))
        {
            of_run.insert((seed, id), correlation);
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
            "all examples cost `{label}` the same, or there is no dense net to say which are difficult"
        )
    } else {
        "mean over targets".to_owned()
    };
    let expect = match expect {
        Sign::Positive => Relation::Greater,
        Sign::Negative => Relation::Less,
        Sign::None => Relation::Equal,
    };
    let shown = (1.0, "rank correlation".to_owned());
    Ok(Sample { values, expect, margin, shown, note }.judge(claim))
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;
    use swanbench_spec::{PerExample, Question};

    use super::*;
    use crate::claims::Outcome;

    fn verdict(label: &str, expect: Sign) -> Verdict {
        // Two targets a seed, rows of a run repeat its correlation.
        let adaptivity = df!(
            "run_id" => ["a", "a", "b", "c", "d", "e"],
            "label" => ["gated", "gated", "gated", "gated", "gated", "other"],
            "seed" => [0_u64, 0, 0, 1, 1, 0],
            "correlation" => [Some(0.3), Some(0.3), Some(0.5), Some(0.4), Some(0.42), None],
        );
        let question = Question::Correlate {
            quantities: [PerExample::FlopsPerExample, PerExample::DenseLoss],
            label: label.to_owned(),
            expect,
            margin: 0.0,
        };
        let claim = Claim { id: "easy".to_owned(), statement: String::new(), question };
        let frame = adaptivity.expect("columns of one length");
        judge(&frame, &claim, (label, expect, 0.0)).expect("judged")
    }

    #[test]
    fn every_run_counts_once_and_targets_are_averaged() {
        let verdict = verdict("gated", Sign::Positive);
        // Seeds: (0.3 + 0.5) / 2 and (0.4 + 0.42) / 2.
        assert!((verdict.effect.expect("two seeds") - 0.405).abs() < 1e-12);
        assert_eq!((verdict.n, verdict.outcome), (2, Outcome::Supported));
    }

    #[test]
    fn a_label_whose_examples_cost_the_same_is_undecided() {
        let verdict = verdict("other", Sign::Positive);
        assert_eq!((verdict.n, verdict.outcome), (0, Outcome::Undecided));
        assert!(verdict.note.starts_with("all examples cost `other` the same"), "{}", verdict.note);
    }
}
