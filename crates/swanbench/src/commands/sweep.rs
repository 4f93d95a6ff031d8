//! `swanbench sweep`: from an experiment to its report.

mod dry_run;
mod latency;
mod plan;
mod processes;
mod remote;
mod repair;

use std::time::Duration;

use anyhow::anyhow;
use swanbench_spec::{Claim, Launcher, LauncherKind, RunSpec};

use self::{
    plan::Plan,
    repair::{Pending, repair},
};
use crate::{
    arguments::Sweep,
    commands::report::print_report,
    exit::{CommandError, ExitCodeExt, INTERRUPTED},
    kept,
    training::{
        DevicePool, LOG_FILE, Launch, Log, LogLine, Outputs, ProgressBars, TensorBoard,
        TrainingSummary, launch, listen,
    },
};

/// Plans, repairs, trains, times and reports.
pub fn run(arguments: &Sweep) -> Result<(), CommandError> {
    listen().failed()?;
    let plan = Plan::load(arguments)?;
    if let Some(settings) = &plan.prepared.experiment.latency {
        kept::check_threads(settings)?;
    }
    if arguments.dry_run {
        return dry_run::print(&plan);
    }
    let launcher = plan.launcher()?;
    if launcher.is_remote() {
        return run_elsewhere(&plan, &launcher);
    }
    // Results of another machine can be gathered on one that could not compute them.
    let mut place = None;
    if plan.is_incomplete()? {
        place = Some(Place::open(&plan, &launcher)?);
    }
    // Before results of other experiments are reused: they are no results of these claims.
    let stated = plan.store.state_claims(&plan.prepared.experiment.claims).bad_input()?;
    let pending = repair(&plan)?;
    if place.is_none() && !pending.runs.is_empty() {
        place = Some(Place::open(&plan, &launcher)?);
    }
    let (failed, reason) = train(&plan, place, &pending, &stated)?;
    report(&plan, stated, failed, pending.failed_before)?;
    reason.map_or(Ok(()), |reason| Err(anyhow!(reason)).failed())
}

/// Where the runs are trained on this machine.
enum Place {
    /// Threads of this process, on these devices.
    Threads(DevicePool),
    /// Processes, each of which opens its device.
    Processes,
}

impl Place {
    /// Chooses as the launcher says, or else processes if several runs are to share cards.
    ///
    /// Returns an error if a device is not available.
    fn open(plan: &Plan<'_>, launcher: &Launcher) -> Result<Self, CommandError> {
        let shares_cards = plan.is_on_cards() && plan.jobs() > 1;
        match launcher.kind {
            Some(LauncherKind::Processes) => {}
            None if shares_cards => {}
            _ => return Ok(Self::Threads(plan.open_devices()?)),
        }
        plan.check_devices()?;
        Ok(Self::Processes)
    }
}

/// Plans, repairs, and hands the runs to other machines; reports if the user waits for them, or if there
/// is nothing left to train.
fn run_elsewhere(plan: &Plan<'_>, launcher: &Launcher) -> Result<(), CommandError> {
    let stated = plan.store.state_claims(&plan.prepared.experiment.claims).bad_input()?;
    let pending = repair(plan)?;
    if !pending.runs.is_empty() && !remote::train(plan, launcher, &pending, stated.clone())? {
        return Ok(());
    }
    let complete = plan.complete()?;
    let is_missing = |run: &&&RunSpec| !plan.has_failed(run) && !complete.contains(&run.id);
    let failed = pending.runs.iter().filter(|run| plan.has_failed(run)).count();
    let missing = pending.runs.iter().filter(is_missing).count();
    if missing < pending.runs.len() || missing == 0 {
        report(plan, stated, failed, pending.failed_before)?;
    }
    if missing == 0 {
        return Ok(());
    }
    Err(anyhow!(
        "{missing} runs are missing: their jobs have ended; the same command submits them again"
    ))
    .failed()
}

/// Trains the runs that are pending, if there are any. Returns how many of them failed, and why some are
/// missing.
fn train(
    plan: &Plan<'_>,
    place: Option<Place>,
    pending: &Pending<'_>,
    stated: &[Claim],
) -> Result<(usize, Option<String>), CommandError> {
    let (runs, output) = (&pending.runs, &plan.arguments.output);
    let (all, jobs) = (plan.runs().len(), plan.jobs());
    let path = plan.store.folder().join(LOG_FILE);
    let mut log = Log::open(path, output.shows_json()).bad_input()?;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let begin = LogLine::SweepStarted { missing: runs.len(), runs: all, jobs, version };
    log.write(&begin).failed()?;
    let mut outputs = Outputs {
        store: &plan.store,
        log,
        progress: ProgressBars::new(runs, all, pending.failed_before, output.is_silent()),
        curves: output.tensorboard.then(|| TensorBoard::new(plan.store.folder())),
    };
    for text in &pending.warnings {
        outputs.warn(text.clone()).failed()?;
    }
    let (summary, reason) = match place {
        Some(Place::Threads(devices)) => {
            let checkpoint_every = Duration::from_secs(plan.arguments.checkpoint_every);
            let (devices, keep, patience) = (&devices, plan.keep(), Duration::MAX);
            let launched = Launch { runs, devices, jobs, checkpoint_every, keep, patience };
            (launch(launched, &mut outputs).failed()?, None)
        }
        Some(Place::Processes) => processes::train(plan, pending, stated, &mut outputs)?,
        None => {
            let nothing = TrainingSummary::default();
            outputs.end(&nothing).failed()?;
            (nothing, None)
        }
    };
    if summary.interrupted {
        let message = "interrupted; the same command continues where this one stopped";
        return Err(CommandError::new(anyhow!(message), INTERRUPTED));
    }
    Ok((summary.failed, reason))
}

/// Writes the results of all runs and their report, and prints what was found.
///
/// Returns an error if runs failed, in this sweep or before.
fn report(
    plan: &Plan<'_>,
    stated: Vec<Claim>,
    failed: usize,
    failed_before: usize,
) -> Result<(), CommandError> {
    let latency = latency::latency(plan)?;
    plan.store.gather(plan.runs(), &plan.metadata(stated), &latency).failed()?;
    let results = plan.store.read_results().failed()?;
    let failed = failed + failed_before;
    match swanbench_report::report(&results, &plan.plots) {
        // What failed is worth more to the user than that nothing can be drawn.
        Err(swanbench_report::Error::NothingDone(_)) if failed > 0 => {}
        written => {
            let (written, output) = (written.failed()?, &plan.arguments.output);
            if !output.is_silent() {
                print_report(&results, &written, output.verbose);
            }
        }
    }
    if failed == 0 {
        return Ok(());
    }
    let retry = match failed_before {
        0 => String::new(),
        _ => format!(
            " ({failed_before} of them in an earlier sweep: --retry-failed trains them again)"
        ),
    };
    let (all, folder) = (plan.runs().len(), plan.store.folder().display());
    Err(anyhow!("{failed} of {all} runs failed{retry}; see {folder}/*.failed/failure.json"))
        .failed()
}
