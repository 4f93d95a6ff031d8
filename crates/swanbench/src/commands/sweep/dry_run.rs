//! `swanbench sweep --dry-run`: lists the runs, and estimates the cost of those that are missing.

use std::time::Duration;

use super::plan::Plan;
use crate::{
    exit::{ExitCodeExt, Failure},
    output,
    title::title,
    training::{Estimate, estimate},
};

/// Prints the state of every run, and the estimate.
pub fn print(plan: &Plan<'_>) -> Result<(), Failure> {
    let mut missing = Vec::new();
    for run in plan.runs() {
        let state = if plan.store.is_done(&run.id) {
            "done"
        } else if plan.store.is_done_elsewhere(&run.id) {
            "done elsewhere"
        } else {
            missing.push(run);
            "missing"
        };
        output::line(format_args!("{}  {state:14}  {}", run.id, title(run)));
    }
    let all = plan.runs().len();
    output::line(format_args!("{all} runs, {} done", all - missing.len()));
    if missing.is_empty() {
        return Ok(());
    }
    let devices = plan.open_devices()?;
    swanbench_torch::prepare_thread().failed()?;
    let Estimate { time, train_flops } = estimate(&missing, &devices).failed()?;
    let jobs = plan.jobs().min(missing.len());
    output::line(format_args!(
        "to train: {train_flops:.2e} FLOPs, about {} with {jobs} at a time",
        duration(time / jobs as u32),
    ));
    Ok(())
}

/// Writes a time in at least two digits: an estimate has no more.
fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        ..100.0 => format!("{seconds:.0} s"),
        ..6000.0 => format!("{:.0} min", seconds / 60.0),
        ..360_000.0 => format!("{:.0} h", seconds / 3600.0),
        _ => format!("{:.0} days", seconds / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_unit() {
        let written = |seconds| duration(Duration::from_secs(seconds));
        let units = [99, 100, 5999, 7200, 360_001].map(written);
        assert_eq!(units, ["99 s", "2 min", "100 min", "2 h", "4 days"]);
    }
}
