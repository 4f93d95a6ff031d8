//! What an experiment found, in a few lines of plain text.

use swanbench_results::{
    Cell, Results, RunRow, cells,
    claims::{Verdict, judge},
    headline, last_task, mixed_kinds,
};

use crate::{
    seeds::{SeedState, cell_lines},
    title::percent,
};

/// The letters that fit into a line.
const LINE: usize = 100;
/// The letters of an entry such as `100.0% at 47.2%`, with the space before it.
const ENTRY: usize = 16;

/// Writes the accuracies, the runs that failed and the verdicts on the claims.
pub fn lines(results: &Results) -> Vec<String> {
    let cells = headline(&cells(&results.runs), last_task(&results.runs));
    let unreachable = results.about.unreachable.iter().map(ToString::to_string).collect();
    let mixed = mixed_kinds(&results.runs).into_iter().collect();
    let failures = failures(&results.runs);
    let verdicts = verdicts(&judge(results));
    let mut sections = vec![accuracies(&cells), unreachable, mixed, failures, verdicts];
    sections.retain(|section| !section.is_empty());
    sections.join(&String::new())
}

/// Writes the accuracy of each cell at its share of FLOPs: a row per label, a column per target,
/// and columns that do not fit below.
fn accuracies(cells: &[Cell]) -> Vec<String> {
    let width = cells.iter().map(|cell| cell.label.chars().count()).max().unwrap_or(0);
    let mut lines = vec!["test accuracy at its share of the dense model's FLOPs".to_owned()];
    let without = cells.iter().filter(|cell| cell.target.is_none());
    lines.extend(without.map(|cell| format!("{:width$}{:>ENTRY$}", cell.label, entry(cell))));
    let mut sparse: Vec<&Cell> = cells.iter().filter(|cell| cell.target.is_some()).collect();
    let mut targets: Vec<f64> = sparse.iter().filter_map(|cell| cell.target).collect();
    targets.sort_by(|one, other| other.total_cmp(one));
    targets.dedup();
    sparse.sort_by_key(|cell| cells.iter().position(|first| first.label == cell.label));
    for targets in targets.chunks((LINE.saturating_sub(width) / ENTRY).max(1)) {
        let head =
            targets.iter().map(|&target| format!("{:>ENTRY$}", format!("{}%", percent(target))));
        lines.push(format!("\n{:width$}{}", "target", head.collect::<String>()));
        for label in sparse.chunk_by(|one, other| one.label == other.label) {
            let entries = targets.iter().map(|&target| {
                let cell = label.iter().find(|cell| cell.target == Some(target));
                format!("{:>ENTRY$}", cell.map(|cell| entry(cell)).unwrap_or_default())
            });
            let line = format!("{:width$}{}", label[0].label, entries.collect::<String>());
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

/// Writes an accuracy at a share of FLOPs, the latter in three digits: `93.0% at 11.9%`.
fn entry(cell: &Cell) -> String {
    // Where single weights are pruned these are fewer than the unit FLOPs; else they are equal.
    let flops = 100.0 * cell.weight_flops_share;
    let digits = if flops < 9.995 { 2 } else { usize::from(flops < 99.95) };
    format!("{:.1}% at {flops:.digits$}%", 100.0 * cell.test_accuracy)
}

fn failures(runs: &[RunRow]) -> Vec<String> {
    let failed = runs.iter().filter_map(|RunRow { run, reason, .. }| {
        let state = format!("failed: {}", reason.as_ref()?);
        Some(SeedState { label: &run.label, target: run.target_activity, seed: run.seed, state })
    });
    cell_lines(&failed.collect::<Vec<_>>())
}

/// Writes one line per claim: the verdict, the id and the effect with its interval.
fn verdicts(verdicts: &[Verdict]) -> Vec<String> {
    let width = verdicts.iter().map(|verdict| verdict.id.chars().count()).max().unwrap_or(0);
    let line = |verdict: &Verdict| {
        let effect = swanbench_report::effect(verdict).unwrap_or_default();
        let outcome = swanbench_report::outcome(verdict);
        format!("{outcome:9}  {:width$}  {effect}", verdict.id).trim_end().to_owned()
    };
    verdicts.iter().map(line).collect()
}
