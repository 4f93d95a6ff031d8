//! `swanbench work`: trains the runs of one job, on whatever machine it is.

use std::time::Duration;

use anyhow::{Context, anyhow};
use swanbench_results::{Begun, Failure, Lease, Machine, Store};
use swanbench_spec::RunSpec;
use swanbench_torch::{Device, DeviceChoice, LinearKernels};

use crate::{
    arguments::Work,
    cluster::{RunList, requeue},
    commands::report::print_report,
    exit::{CommandError, ExitCodeExt, INTERRUPTED},
    machine::host,
    prepare::data_on,
    training::{
        DevicePool, Launch, Log, LogLine, Outputs, ProgressBars, RunName, TrainingSummary,
        configure, launch, listen_in_job, stop_with_input, time_is_up,
    },
};

/// Trains a job, or gathers what all jobs have found.
pub fn run(arguments: &Work) -> Result<(), CommandError> {
    let list = RunList::read(&arguments.list).bad_input()?;
    match arguments.index {
        Some(index) => train(&list, index, arguments),
        None => gather(&list),
    }
}

/// Trains the runs of a job that are not done, and then runs of other jobs that nobody has begun: so
/// no job that starts late, or on a slow node, keeps the others waiting. Runs that failed stay so:
/// where the same job starts again, they would fail again.
fn train(list: &RunList, index: usize, arguments: &Work) -> Result<(), CommandError> {
    listen_in_job().failed()?;
    if arguments.attached {
        stop_with_input();
    }
    let settings = &list.settings;
    let all = list.job(index).bad_input()?;
    let store = Store::open(&settings.results, &settings.experiment);
    let mut log = Log::open(list.log(index), false).failed()?;
    for damaged in store.verify_new(all.iter().map(|run| run.id.as_str())).failed()? {
        log.write(&LogLine::Warning { text: damaged.to_string() }).failed()?;
    }
    let is_missing = |run: &RunSpec| {
        let has_failed = matches!(store.failure(&run.id), Ok(Some(_)));
        !store.has_all(&run.id, settings.keep) && !has_failed
    };
    let (count, mut own) = (all.len(), all);
    own.retain(is_missing);
    let mut next = if own.is_empty() { not_begun(list, index, &store)? } else { own.clone() };
    let Some(first) = next.first() else { return Ok(()) };
    let devices = match open_devices(list, arguments.device, first) {
        Ok(devices) => devices,
        Err(error) => {
            fail(&store, &mut log, &own, &format!("{} cannot compute it: {error}", host()))?;
            return Err(error);
        }
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let (missing, jobs) = (own.len(), settings.at_once);
    log.write(&LogLine::SweepStarted { missing, runs: count, jobs, version }).failed()?;
    let progress = ProgressBars::new(&references(&own), count, 0, false);
    let mut outputs = Outputs { store: &store, log, progress, curves: None };
    let checkpoint_every = Duration::from_secs(settings.checkpoint_every);
    let mut launch = |runs: &[RunSpec], patience| {
        let (runs, devices, keep) = (&*references(runs), &devices, settings.keep);
        let launched = Launch { runs, devices, jobs, checkpoint_every, keep, patience };
        launch(launched, &mut outputs).failed()
    };
    let mut summary = TrainingSummary::default();
    while !next.is_empty() && !summary.interrupted {
        summary += launch(&next, Duration::ZERO)?;
        // A machine on which runs fail would otherwise take one after the other, and fail them all.
        next = if summary.failed == 0 { not_begun(list, index, &store)? } else { Vec::new() };
    }
    own.retain(is_missing);
    if !own.is_empty() && !summary.interrupted {
        // Other processes have them, or train what they need. If one has died, its lease expires in this
        // time.
        summary += launch(&own, Lease::EXPIRY * 4 / 3)?;
    }
    if summary.interrupted {
        // Otherwise it was stopped by whoever may stop it, and starts again if they start it.
        let goes_on = time_is_up() && requeue().failed()?;
        let message = if goes_on {
            "the time of the job is up; it starts again from its checkpoints"
        } else {
            "stopped; the same job continues from its checkpoints"
        };
        return Err(CommandError::new(anyhow!(message), INTERRUPTED));
    }
    match summary.failed {
        0 => Ok(()),
        failed => Err(anyhow!("{failed} runs failed")).failed(),
    }
}

fn references(runs: &[RunSpec]) -> Vec<&RunSpec> {
    runs.iter().collect()
}

/// Returns some runs of other jobs that nobody has begun, and whose sources are done.
fn not_begun(list: &RunList, index: usize, store: &Store) -> Result<Vec<RunSpec>, CommandError> {
    let Begun { ids, in_progress } = store.begun().failed()?;
    let is_ready = |run: &RunSpec| run.sources.iter().all(|source| store.is_done(source));
    let mut runs = list.not_begun(index, |id| ids.contains(id), in_progress).failed()?;
    runs.retain(is_ready);
    Ok(runs)
}

/// Opens the devices of a job, each with the data of its runs.
fn open_devices(
    list: &RunList,
    device: Option<DeviceChoice>,
    run: &RunSpec,
) -> Result<DevicePool, CommandError> {
    let settings = &list.settings;
    let names = match device {
        Some(device) => Ok(vec![device]),
        None => settings.devices.iter().map(|name| name.parse()).collect::<Result<Vec<_>, _>>(),
    };
    let names = names.bad_input()?;
    let linear: LinearKernels =
        settings.linear.parse().map_err(|text| anyhow!("{text}")).failed()?;
    configure(&names, linear, run.train.precision)?;
    let weights = run.weights.as_ref();
    let weights = weights.map(|given| swanbench_core::Weights::read(&given.file)).transpose();
    let weights = weights.bad_input()?;
    let data = |device: Device| data_on(run, settings.data_dir.as_deref(), device);
    DevicePool::open(&names, weights.as_ref(), data)
}

/// Records that a machine cannot compute the runs of its job.
fn fail(store: &Store, log: &mut Log, runs: &[RunSpec], reason: &str) -> Result<(), CommandError> {
    for run in runs {
        // Another process that has it can compute it.
        let Some(_lease) = store.lease(&run.id).failed()? else { continue };
        let reason = reason.to_owned();
        let failure = Failure { reason, epoch: None, wall_secs: 0.0, machine: Machine::default() };
        store.write_failure(run, &failure).failed()?;
        log.write(&LogLine::RunFailed { run: RunName::of(run), failure }).failed()?;
    }
    Ok(())
}

/// Writes the results of all runs that have ended, and their report.
fn gather(list: &RunList) -> Result<(), CommandError> {
    let settings = &list.settings;
    let store = Store::open(&settings.results, &settings.experiment);
    let runs = list.runs().bad_input()?;
    // Networks are timed on one machine that does nothing else.
    let latency = store.latency().unwrap_or_default();
    store.gather(&runs, &settings.about, &latency).failed()?;
    let results = store.read_results().failed()?;
    let written =
        swanbench_report::report(&results, &settings.plots).context("no report").failed()?;
    print_report(&results, &written, false);
    Ok(())
}
