//! `swanbench sweep --dry-run`: lists the runs, and estimates the cost of those that are missing.

use std::time::Duration;

use super::{plan::Plan, remote::Stages};
use crate::{
    exit::{CommandError, ExitCodeExt},
    output,
    title::{duration, title},
    training::estimates,
};

/// Prints the state of every run, and the estimate.
pub fn print(plan: &Plan<'_>) -> Result<(), CommandError> {
    let (mut missing, mut done, mut failed) = (Vec::new(), 0, 0);
    let complete = plan.complete()?;
    let ids = plan.runs().iter().map(|run| run.id.as_str()).filter(|id| !complete.contains(*id));
    let elsewhere = plan.store.done_elsewhere(ids, plan.keep()).bad_input()?;
    for run in plan.runs() {
        let state = if complete.contains(&run.id) {
            done += 1;
            "done"
        } else if elsewhere.contains(run.id.as_str()) {
            done += 1;
            "done elsewhere"
        } else if plan.stays_failed(run) {
            failed += 1;
            "failed"
        } else {
            missing.push(run);
            // Done, and trained again for its network.
            if plan.store.is_done(&run.id) { "no network" } else { "missing" }
        };
        output::line(format_args!("{}  {state:14}  {}", run.id, title(run)));
    }
    for cell in &plan.prepared.unreachable {
        output::line(format_args!("{cell}"));
    }
    let all = plan.runs().len();
    let failed = if failed > 0 {
        format!(", {failed} failed, which --retry-failed trains again")
    } else {
        String::new()
    };
    output::line(format_args!("{all} runs, {done} done{failed}"));
    if missing.is_empty() {
        return Ok(());
    }
    let launcher = plan.launcher()?;
    if launcher.is_remote() {
        let stages = Stages::of(plan, &missing, &launcher)?;
        output::line(format_args!("to submit: {}", stages.summary()));
        return Ok(());
    }
    let devices = plan.open_devices()?;
    swanbench_torch::prepare_thread().failed()?;
    let all = estimates(&missing, &devices).failed()?;
    let time: Duration = all.iter().map(|one| one.time).sum();
    let train_flops: f64 = all.iter().map(|one| one.train_flops).sum();
    let jobs = plan.jobs().min(missing.len());
    output::line(format_args!(
        "to train: {train_flops:.2e} FLOPs, about {} with {jobs} at a time",
        duration(time / jobs as u32),
    ));
    Ok(())
}
