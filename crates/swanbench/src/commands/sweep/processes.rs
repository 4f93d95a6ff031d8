//! A sweep whose runs are trained by processes of their own on this machine. On CUDA, runs of one
//! process would wait for each other: they share a stream, and a thread for all backward passes.

use std::{collections::HashMap, env, path::Path, thread, time::Duration};

use anyhow::Context;
use swanbench_spec::{Claim, RunSpec};

use super::{plan::Plan, repair::Pending};
use crate::{
    cluster::{Logs, Processes, RunList},
    exit::{CommandError, ExitCodeExt},
    training::{LogLine, Outputs, StopRequests, TrainingSummary, stop_requested},
};

/// How often logs are read.
const READ_INTERVAL: Duration = Duration::from_millis(100);

/// Trains all pending runs. What a process leaves that has ended too early, others train after it. Returns
/// with the summary why runs are left, if some are.
///
/// Returns an error if processes cannot be started or followed.
pub fn train(
    plan: &Plan<'_>,
    pending: &Pending<'_>,
    stated: &[Claim],
    outputs: &mut Outputs<'_>,
) -> Result<(TrainingSummary, Option<String>), CommandError> {
    for run in &pending.runs {
        // The processes do not try again what has failed.
        plan.store.forget_failure(&run.id).failed()?;
    }
    if let Some(text) = advice(plan) {
        outputs.warn(text).failed()?;
    }
    let _requests = StopRequests::begin();
    let (mut left, mut reason) = (pending.runs.clone(), None);
    while !left.is_empty() && !stop_requested() {
        let words = train_once(plan, &left, stated, outputs)?;
        let before = left.len();
        left = not_ended(plan, left)?;
        if left.is_empty() || stop_requested() {
            break;
        }
        if left.len() == before {
            let words = words.unwrap_or_else(|| "its processes ended without a word".to_owned());
            reason = Some(format!("{before} runs are missing: {words}"));
            break;
        }
        if let Some(words) = words {
            let text = format!("{words}; {} runs are left, and start again", left.len());
            outputs.warn(text).failed()?;
        }
    }
    let failed = pending.runs.iter().filter(|run| plan.has_failed(run)).count();
    let summary = TrainingSummary { failed, interrupted: stop_requested() };
    outputs.end(&summary).failed()?;
    Ok((summary, reason))
}

/// Starts processes, and follows them until all have ended. Returns what one said that ended too early.
fn train_once(
    plan: &Plan<'_>,
    runs: &[&RunSpec],
    stated: &[Claim],
    outputs: &mut Outputs<'_>,
) -> Result<Option<String>, CommandError> {
    let folder = tempfile::tempdir().context("no temporary folder").failed()?;
    let settings = plan.job_settings(&plan.arguments.device, 1, stated.to_vec())?;
    let jobs = deal(plan, runs);
    let list = RunList::write(folder.path().to_path_buf(), settings, plan.runs(), jobs).failed()?;
    let mut processes = Processes::start(&list, &plan.arguments.device).failed()?;
    let mut logs = Logs::of(&list);
    loop {
        // Asked before the logs are read, so that no line is missed.
        let have_ended = processes.have_ended().context("cannot wait for a process").failed()?;
        for line in logs.read() {
            tell(outputs, &line).failed()?;
        }
        if have_ended {
            return Ok(processes.last_words());
        }
        if stop_requested() {
            processes.stop();
        }
        thread::sleep(READ_INTERVAL);
    }
}

/// Keeps the runs that have neither a result nor failed.
fn not_ended<'a>(
    plan: &Plan<'_>,
    mut runs: Vec<&'a RunSpec>,
) -> Result<Vec<&'a RunSpec>, CommandError> {
    let complete = plan.complete()?;
    runs.retain(|run| !complete.contains(&run.id) && !plan.has_failed(run));
    Ok(runs)
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
    let places: HashMap<&str, usize> =
        plan.runs().iter().enumerate().map(|(place, run)| (run.id.as_str(), place)).collect();
    let mut jobs = vec![Vec::new(); plan.jobs().min(runs.len())];
    let count = jobs.len();
    for (turn, run) in runs.iter().enumerate() {
        jobs[turn % count].push(places[run.id.as_str()]);
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
