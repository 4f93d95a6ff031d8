//! `swanbench sweep`: from an experiment to its pictures.

use std::{fs, num::NonZeroUsize, thread, time::Duration};

use anyhow::{Context, anyhow};
use swanbench_results::Store;
use swanbench_spec::{Experiment, Precision, RunSpec};
use swanbench_torch::DeviceChoice;

use crate::{
    arguments::Sweep,
    commands::report,
    exit::{Blame, Failure},
    output,
    prepare::Prepared,
    sweep::{Devices, Launch, Progress, launch},
    title::title,
};

pub fn run(arguments: &Sweep) -> Result<(), Failure> {
    let prepared = Prepared::load(&arguments.file, &arguments.input)?;
    let experiment = &prepared.experiment;
    let store = Store::open(&arguments.places.results, &experiment.name);
    if arguments.dry_run {
        print_plan(experiment, &store);
        return Ok(());
    }
    prepare_numbers(arguments, experiment.train.precision)?;
    let devices = Devices::open(&arguments.device, &prepared)?;
    // Folders that cannot be written, and results that cannot be read, show before training.
    let folder = report::folder(&arguments.places, &experiment.name);
    store.write_experiment(&prepared.text(&arguments.input)).bad_input()?;
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create `{}`", folder.display()))
        .bad_input()?;
    store.collect(&experiment.runs).bad_input()?;

    let mut missing: Vec<&RunSpec> =
        experiment.runs.iter().filter(|run| !store.is_done(&run.id)).collect();
    let all_missing = missing.len();
    if !arguments.retry_failed {
        // Equal runs fail equally: only another program or machine would change that.
        missing.retain(|run| !matches!(store.failure(&run.id), Ok(Some(_))));
    }
    let failed_before = all_missing - missing.len();
    let jobs = arguments.jobs.map_or_else(|| default_jobs(&arguments.device), NonZeroUsize::get);
    let progress = Progress::new(missing.len(), experiment.runs.len(), arguments.quiet);
    let plan = Launch {
        runs: &missing,
        devices,
        jobs,
        checkpoint_every: Duration::from_secs(arguments.checkpoint_every),
    };
    let outcome = launch(plan, &store, progress).failed()?;
    if outcome.interrupted {
        return Err(Failure::Interrupted(anyhow!(
            "interrupted; the same command goes on where this one stopped"
        )));
    }
    let failed = outcome.failed + failed_before;

    let frame = store.collect(&experiment.runs).failed()?;
    store.write_runs(&frame).failed()?;
    let written = match swanbench_report::report(&frame, &folder) {
        // What failed is worth more to the user than that nothing can be drawn.
        Err(swanbench_report::Error::NothingDone(_)) if failed > 0 => Vec::new(),
        written => written.failed()?,
    };
    if !arguments.quiet {
        report::print_written(&written);
    }
    if failed > 0 {
        let all = experiment.runs.len();
        let folder = store.folder().display();
        let retry = if failed_before > 0 {
            format!(
                " ({failed_before} of them in an earlier sweep: --retry-failed trains them again)"
            )
        } else {
            String::new()
        };
        return Err(anyhow!(
            "{failed} of {all} runs failed{retry}; see {folder}/*.failed/failure.json"
        ))
        .failed();
    }
    Ok(())
}

/// Sets what libtorch keeps for the whole process, before the first tensor on a device.
fn prepare_numbers(arguments: &Sweep, precision: Precision) -> Result<(), Failure> {
    let tf32 = precision == Precision::Tf32;
    if tf32 && arguments.device.contains(&DeviceChoice::Cpu) {
        let error = anyhow!(
            "precision tf32 exists on CUDA only: use --device cuda, or \
             --set train.precision=float32"
        );
        return Err(error).bad_input();
    }
    arguments.linear.settle().expect("nothing was computed before");
    swanbench_torch::prepare_process().failed()?;
    swanbench_torch::allow_tf32(tf32).failed()
}

/// A core for each run; on CUDA a device, which one run keeps busy.
fn default_jobs(devices: &[DeviceChoice]) -> usize {
    if devices.contains(&DeviceChoice::Cpu) {
        thread::available_parallelism().map_or(1, NonZeroUsize::get)
    } else {
        devices.len()
    }
}

fn print_plan(experiment: &Experiment, store: &Store) {
    let mut done = 0;
    for run in &experiment.runs {
        let state = if store.is_done(&run.id) { "done" } else { "missing" };
        done += usize::from(store.is_done(&run.id));
        output::line(format_args!("{}  {state:7}  {}", run.id, title(run)));
    }
    output::line(format_args!("{} runs, {done} done", experiment.runs.len()));
}
