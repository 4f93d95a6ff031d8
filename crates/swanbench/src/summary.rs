//! What an experiment found, in a few lines of plain text.

use swanbench_results::{
    Results,
    claims::{Verdict, judge},
};

/// Writes the verdicts on the claims, one line each.
///
/// Returns an error if the results cannot be read.
pub fn lines(results: &Results) -> anyhow::Result<Vec<String>> {
    let verdicts = judge(results)?;
    Ok(verdict_lines(&verdicts))
}

fn verdict_lines(verdicts: &[Verdict]) -> Vec<String> {
    let width = verdicts.iter().map(|verdict| verdict.id.chars().count()).max().unwrap_or(0);
    let line = |verdict: &Verdict| {
        let outcome = swanbench_report::outcome_word(verdict.outcome);
        let effect = swanbench_report::effect(verdict).unwrap_or_default();
        format!("{outcome}  {:width$}  {effect}", verdict.id)
    };
    verdicts.iter().map(line).collect()
}
