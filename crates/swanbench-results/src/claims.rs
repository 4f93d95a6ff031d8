//! Verdicts on what an experiment claims.
//!
//! A claim is judged by differences between runs of the same seed, or by a correlation within each
//! run: supported where the 95% interval of their mean lies where the claim puts it, refuted where it
//! lies elsewhere, undecided where it reaches over the border. A claim that was not stated before the
//! first result is exploratory.

mod compare;
mod correlate;
mod verdict;

pub use self::verdict::{Outcome, Verdict};

use swanbench_spec::Question;

use crate::{Results, statistics::holm};

/// Judges every claim, in the order of the experiment. The p-values are adjusted for their number
/// (Holm 1979).
pub fn judge(results: &Results) -> Vec<Verdict> {
    let judged = results.about.claims.iter().map(|claim| match &claim.question {
        Question::Compare { metric, of, against, at_flops, phase, expect, margin } => {
            let compared = compare::Compared {
                metric: *metric,
                sides: [of, against],
                at_flops,
                phase: *phase,
                expect: *expect,
                margin: *margin,
            };
            compare::judge(&results.runs, claim, &compared)
        }
        Question::Correlate { label, expect, margin, .. } => {
            let correlated = correlate::Correlated { label, expect: *expect, margin: *margin };
            correlate::judge(&results.adaptivity, claim, &correlated)
        }
    });
    let mut verdicts: Vec<Verdict> = judged.collect();
    for (verdict, claim) in verdicts.iter_mut().zip(&results.about.claims) {
        verdict.exploratory = !results.about.stated.contains(claim);
    }
    let p_values: Vec<f64> = verdicts.iter().map(|verdict| verdict.p.unwrap_or(f64::NAN)).collect();
    for (verdict, p) in verdicts.iter_mut().zip(holm(&p_values)) {
        verdict.p = Some(p).filter(|p| !p.is_nan());
    }
    verdicts
}
