//! Finds which runs are left to train, after repairing what earlier sweeps left behind.

use std::fs;

use anyhow::Context;
use swanbench_spec::RunSpec;

use super::plan::Plan;
use crate::exit::{CommandError, ExitCodeExt};

/// The runs that a sweep has to train.
pub struct Pending<'a> {
    /// In the order of training.
    pub runs: Vec<&'a RunSpec>,
    /// Runs that failed in an earlier sweep and are not trained again.
    pub failed_before: usize,
    /// What was found to be damaged.
    pub warnings: Vec<String>,
}

/// Creates the folders, repairs the results in them and selects the runs to train.
///
/// Returns an error if a folder cannot be written or results cannot be read, so that this shows
/// before training.
pub fn repair<'a>(plan: &'a Plan<'_>) -> Result<Pending<'a>, CommandError> {
    let text = plan.prepared.text(&plan.arguments.input);
    plan.store.write_experiment(&text).bad_input()?;
    fs::create_dir_all(&plan.plots)
        .with_context(|| format!("cannot create `{}`", plan.plots.display()))
        .bad_input()?;
    let warnings = repair_results(plan)?;
    pending(plan, warnings)
}

/// Moves damaged results aside, removes what killed sweeps left next to sound ones, and reuses
/// results of other experiments. Returns what was damaged.
fn repair_results(plan: &Plan<'_>) -> Result<Vec<String>, CommandError> {
    let store = &plan.store;
    let ids = plan.runs().iter().map(|run| run.id.as_str());
    let damaged = store.verify_new(ids).bad_input()?;
    let warnings = damaged.iter().map(ToString::to_string).collect();
    store.remove_leftovers_of_done().bad_input()?;
    let complete = plan.complete()?;
    let ids = plan.runs().iter().map(|run| run.id.as_str()).filter(|id| !complete.contains(*id));
    store.reuse_from_others(ids, plan.keep()).bad_input()?;
    Ok(warnings)
}

fn pending<'a>(plan: &'a Plan<'_>, warnings: Vec<String>) -> Result<Pending<'a>, CommandError> {
    let complete = plan.complete()?;
    let is_missing = |run: &&RunSpec| !complete.contains(&run.id);
    let mut runs: Vec<&RunSpec> = plan.runs().iter().filter(is_missing).collect();
    let missing = runs.len();
    runs.retain(|run| !plan.stays_failed(run));
    let failed_before = missing - runs.len();
    // What needs the results of others comes last, so that it need not wait.
    runs.sort_by_key(|run| !run.sources.is_empty());
    Ok(Pending { runs, failed_before, warnings })
}
