//! A sweep whose runs are trained by processes of their own on this machine. On CUDA, runs of one
//! process would wait for each other: they share a stream, and a thread for all backward passes.

use std::{env, path::Path, thread, time::Duration};

use anyhow::{Context, anyhow};
use swanbench_spec::{Claim, RunSpec};

use super::{plan::Plan, repair::Pending};
use crate::{
    cluster::{Logs, Processes, RunList},
    exit::{CommandError, ExitCodeExt},
    training::{LogLine, Outputs, StopRequests, TrainingSummary, stop_requested},
};

/// How often logs are read.
const READ_INTERVAL: Duration = Duration::from_millis(100);

/// Trains all pending runs.
///
/// Returns an error if a device is not available, or if a process cannot be started or was killed.
pub fn train(
    plan: &Plan<'_>,
    pending: &Pending<'_>,
    stated: Vec<Claim>,
    outputs: &mut Outputs<'_>,
) -> Result<TrainingSummary, CommandError> {
    for run in &pending.runs {
        // The processes do not try again what has failed.
        plan.store.forget_failure(&run.id).failed()?;
    }
    if let Some(text) = advice(plan) {
        outputs.warn(text).failed()?;
    }
    let folder = tempfile::tempdir().context("no temporary folder").failed()?;
    let settings = plan.job_settings(&plan.arguments.device, 1, stated)?;
    let jobs = deal(plan, &pending.runs);
    let list = RunList::write(folder.path().to_path_buf(), settings, plan.runs(), jobs).failed()?;
    let _requests = StopRequests::begin();
    let mut processes = Processes::start(&list, &plan.arguments.device).failed()?;
    let mut logs = Logs::of(&list);
    loop {
        // Asked before the logs are read, so that no line is missed.
        let have_ended = processes.have_ended().context("cannot wait for a process").failed()?;
        for line in logs.read() {
            tell(outputs, &line).failed()?;
        }
        if have_ended {
            break;
        }
        if stop_requested() {
            processes.stop();
        }
        thread::sleep(READ_INTERVAL);
    }
    let has_failed = |run: &&&RunSpec| matches!(plan.store.failure(&run.id), Ok(Some(_)));
    let failed = pending.runs.iter().filter(has_failed).count();
    let summary = TrainingSummary { failed, interrupted: stop_requested() };
    outputs.end(&summary).failed()?;
    match processes.killed() {
        Some(words) if !summary.interrupted => Err(anyhow!(words)).failed(),
        _ => Ok(summary),
    }
}

/// Shows a line of one process's log.
fn tell(outputs: &mut Outputs<'_>, line: &LogLine) -> anyhow::Result<()> {
    match line {
        // Of the whole sweep there is one line each; what another process has trained, its line says.
        LogLine::SweepStarted { .. }
        | LogLine::SweepEnded { .. }
        | LogLine::RunTrainedElsewhere { .. } => Ok(()),
        line => outputs.tell(line),
    }
}

/// Deals runs to processes in turn, by their places in the experiment.
fn deal(plan: &Plan<'_>, runs: &[&RunSpec]) -> Vec<Vec<usize>> {
    let place = |wanted: &RunSpec| plan.runs().iter().position(|run| run.id == wanted.id);
    let mut jobs = vec![Vec::new(); plan.jobs().min(runs.len())];
    for (turn, run) in runs.iter().enumerate() {
        let count = jobs.len();
        jobs[turn % count].push(place(run).expect("a run of the plan"));
    }
    jobs
}

/// Returns what makes several processes on one card faster, unless it is in use.
fn advice(plan: &Plan<'_>) -> Option<String> {
    let share_a_card = plan.jobs() > plan.arguments.device.len() && plan.is_on_cards();
    let pipes = env::var_os("CUDA_MPS_PIPE_DIRECTORY").unwrap_or_else(|| "/tmp/nvidia-mps".into());
    let is_served = Path::new(&pipes).join("control").exists();
    (share_a_card && !is_served).then(|| {
        "processes take turns on a card unless NVIDIA's MPS runs: `nvidia-cuda-mps-control -d` starts \
         it"
        .to_owned()
    })
}
