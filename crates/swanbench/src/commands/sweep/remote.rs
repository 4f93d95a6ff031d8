//! A sweep whose runs other machines train.

use std::{collections::HashMap, fmt::Arguments, fs, num::NonZero, path::Path, time::Duration};

use swanbench_spec::{Claim, Launcher, Precision, RunSpec};
use swanbench_torch::DeviceChoice;

use super::{
    plan::{Plan, full},
    repair::Pending,
};
use crate::{
    cluster::{Job, RunList, Submission, active, follow, jobs, submit, submitted},
    exit::{CommandError, ExitCodeExt},
    output,
    title::duration,
    training::{DevicePool, Estimate, ProgressBars, configure, estimates},
};

/// Where lists of jobs are, in an experiment's folder of results.
const JOBS_FOLDER: &str = "jobs";

/// The jobs of a sweep: those whose runs need no results of others, and those that start after them.
pub struct Stages {
    first: Vec<Job>,
    then: Vec<Job>,
}

impl Stages {
    /// Puts missing runs into jobs, by how long a few steps of them take on this machine.
    ///
    /// Returns an error if a run cannot be measured.
    pub fn of(
        plan: &Plan<'_>,
        missing: &[&RunSpec],
        launcher: &Launcher,
    ) -> Result<Self, CommandError> {
        let devices = open_devices(plan)?;
        swanbench_torch::prepare_thread().failed()?;
        let places: HashMap<&str, usize> =
            plan.runs().iter().enumerate().map(|(place, run)| (run.id.as_str(), place)).collect();
        let timed = estimates(missing, &devices).failed()?;
        let timed = missing
            .iter()
            .zip(timed)
            .map(|(run, Estimate { time, .. })| (places[run.id.as_str()], time.as_secs_f64()));
        let (first, then): (Vec<_>, Vec<_>) =
            timed.partition(|(place, _)| plan.runs()[*place].sources.is_empty());
        let per_job = launcher.runs_per_job.map(|count| count as usize);
        Ok(Self { first: jobs(first, per_job), then: jobs(then, per_job) })
    }

    /// Says how many there are, and how long they take.
    pub fn summary(&self) -> String {
        let all = || self.first.iter().chain(&self.then);
        let longest = all().map(|job| job.seconds).fold(0.0, f64::max);
        let runs: usize = all().map(|job| job.runs.len()).sum();
        format!(
            "{runs} runs in {} jobs; the longest would take about {} here",
            all().count(),
            duration(Duration::from_secs_f64(longest))
        )
    }
}

/// Opens the devices that the user named, or the processor where they are elsewhere: runs are only
/// compared with each other.
fn open_devices(plan: &Plan<'_>) -> Result<DevicePool, CommandError> {
    if plan.arguments.device.iter().all(|device| device.open().is_ok()) {
        return plan.open_devices();
    }
    let processor = [DeviceChoice::Cpu];
    configure(&processor, plan.arguments.linear, Precision::Float32)?;
    let prepared = &plan.prepared;
    DevicePool::open(&processor, prepared.weights.as_ref(), |device| prepared.data(device))
}

/// Submits the runs that are pending, and follows them if the user waits. Returns whether all have
/// ended.
///
/// Returns an error if they cannot be submitted.
pub fn train(
    plan: &Plan<'_>,
    launcher: &Launcher,
    pending: &Pending<'_>,
    stated: Vec<Claim>,
) -> Result<bool, CommandError> {
    for text in &pending.warnings {
        output::note(format_args!("warning: {text}"));
    }
    let folder = plan.store.folder().join(JOBS_FOLDER);
    let (list, submission) = if let Some(earlier) = still_active(&folder)? {
        note(plan, format_args!("jobs of an earlier sweep still wait or run"));
        earlier
    } else {
        submit_new(plan, launcher, pending, &folder, stated)?
    };
    if let (Some(report), arrays) = (&submission.report, submission.arrays.join(", ")) {
        note(plan, format_args!("Slurm calls the jobs {arrays}, and {report} writes the report"));
    }
    if !plan.arguments.launching.wait {
        note(
            plan,
            format_args!(
                "`swanbench runs {}` shows how far they are; with --wait, the same command follows \
                 them",
                plan.prepared.experiment.name
            ),
        );
        return Ok(false);
    }
    note(plan, format_args!("Ctrl-C stops following, and no job"));
    let (runs, failed) = (&pending.runs, pending.failed_before);
    let bars =
        ProgressBars::new(runs, plan.runs().len(), failed, plan.arguments.output.is_silent());
    follow(&list, &submission, &plan.store, runs, bars);
    Ok(true)
}

/// Submits the runs that are pending as the jobs of a new list.
fn submit_new(
    plan: &Plan<'_>,
    launcher: &Launcher,
    pending: &Pending<'_>,
    folder: &Path,
    stated: Vec<Claim>,
) -> Result<(RunList, Submission), CommandError> {
    for run in &pending.runs {
        // Jobs do not try again what has failed.
        plan.store.forget_failure(&run.id).failed()?;
    }
    let stages = Stages::of(plan, &pending.runs, launcher)?;
    let summary = stages.summary();
    let (list, independent) = write(plan, launcher, folder, stages, stated)?;
    let submission = submit(&list, independent, launcher).failed()?;
    note(plan, format_args!("submitted {summary}"));
    Ok((list, submission))
}

/// Returns the jobs of the last list, if Slurm still has some of them.
fn still_active(folder: &Path) -> Result<Option<(RunList, Submission)>, CommandError> {
    let Some(last) = last(folder) else { return Ok(None) };
    let last = folder.join(last.to_string());
    let Some(submission) = submitted(&last).bad_input()? else { return Ok(None) };
    let all = submission.all();
    if all.is_empty() || active(&all).failed()?.is_empty() {
        return Ok(None);
    }
    Ok(Some((RunList::read(&last.join("list.json")).bad_input()?, submission)))
}

/// Returns the greatest number of a list.
fn last(folder: &Path) -> Option<u32> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    names.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).max()
}

/// Writes the list of jobs. Returns it with the number of those that need no results of others.
fn write(
    plan: &Plan<'_>,
    launcher: &Launcher,
    folder: &Path,
    stages: Stages,
    stated: Vec<Claim>,
) -> Result<(RunList, usize), CommandError> {
    // Slurm shows each job its own cards only, counted from 0.
    let at_once = plan.arguments.jobs.map_or(1, NonZero::get);
    let cards = launcher.gpus_per_run.unwrap_or(1) as usize * at_once;
    let devices = if plan.is_on_cards() {
        (0..cards).map(DeviceChoice::Cuda).collect()
    } else {
        vec![DeviceChoice::Cpu]
    };
    let settings = plan.job_settings(&devices, at_once, stated)?;
    let independent = stages.first.len();
    let runs = |job: Job| job.runs;
    let jobs = stages.first.into_iter().chain(stages.then).map(runs).collect();
    let number = last(folder).map_or(1, |last| last + 1);
    let folder = full(&folder.join(number.to_string()))?;
    let list = RunList::write(folder, settings, plan.runs(), jobs).bad_input()?;
    Ok((list, independent))
}

fn note(plan: &Plan<'_>, text: Arguments<'_>) {
    if !plan.arguments.output.is_silent() {
        output::note(text);
    }
}
