//! `swanbench sweep`: from an experiment to its pictures.

use std::{fs, num::NonZeroUsize, thread, time::Duration};

use anyhow::{Context, anyhow};
use swanbench_results::{ExperimentMetadata, Store};
use swanbench_spec::{Experiment, Precision, RunSpec};
use swanbench_torch::DeviceChoice;

use crate::{
    arguments::{LogFormat, Sweep},
    commands::report,
    exit::{ExitCodeExt, Failure},
    output,
    prepare::Prepared,
    sweep::{Devices, Estimate, Launch, Log, Progress, TensorBoard, estimate, launch},
    title::title,
};

pub fn run(arguments: &Sweep) -> Result<(), Failure> {
    let prepared = Prepared::load(&arguments.file, &arguments.input)?;
    let experiment = &prepared.experiment;
    let store = Store::open(&arguments.places.results, &experiment.name);
    if arguments.dry_run {
        return print_plan(arguments, &prepared, &store);
    }
    configure_numerics(arguments, experiment.train.precision)?;
    let devices = Devices::open(&arguments.device, &prepared)?;
    // Folders that cannot be written, and results that cannot be read, show before training.
    let folder = report::folder(&arguments.places, &experiment.name);
    store.write_experiment(&prepared.text(&arguments.input)).bad_input()?;
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create `{}`", folder.display()))
        .bad_input()?;
    repair_results(experiment, &store)?;
    store.collect(&experiment.runs).bad_input()?;

    let mut missing: Vec<&RunSpec> =
        experiment.runs.iter().filter(|run| !store.is_done(&run.id)).collect();
    let all_missing = missing.len();
    if !arguments.retry_failed {
        // Equal runs fail equally: only another program or machine would change that.
        missing.retain(|run| !matches!(store.failure(&run.id), Ok(Some(_))));
    }
    // What needs the results of others comes last, so that it need not wait.
    missing.sort_by_key(|run| !run.sources.is_empty());
    let failed_before = all_missing - missing.len();
    let jobs = jobs(arguments);
    let as_json = arguments.told.log_format == LogFormat::Json;
    let mut log = Log::open(store.folder(), as_json).bad_input()?;
    log.started(missing.len(), experiment.runs.len(), jobs).failed()?;
    let silent = arguments.told.quiet || as_json;
    let progress = Progress::new(missing.len(), experiment.runs.len(), silent);
    let plan = Launch {
        runs: &missing,
        devices,
        jobs,
        checkpoint_every: Duration::from_secs(arguments.checkpoint_every),
    };
    let curves = arguments.told.tensorboard.then(|| TensorBoard::new(store.folder()));
    let outcome = launch(plan, &store, progress, &mut log, curves).failed()?;
    if outcome.interrupted {
        return Err(Failure::Interrupted(anyhow!(
            "interrupted; the same command goes on where this one stopped"
        )));
    }
    let failed = outcome.failed + failed_before;

    let results = store.gather(&experiment.runs, about(arguments, &prepared)).failed()?;
    store.write_results(&results).failed()?;
    let written = match swanbench_report::report(&results, &folder) {
        // What failed is worth more to the user than that nothing can be drawn.
        Err(swanbench_report::Error::NothingDone(_)) if failed > 0 => Vec::new(),
        written => written.failed()?,
    };
    if !arguments.told.quiet {
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

/// What the report says beside the numbers.
fn about(arguments: &Sweep, prepared: &Prepared) -> ExperimentMetadata {
    let experiment = &prepared.experiment;
    let quoted = |text: String| {
        let is_special = |letter: char| " []{}$\"*".contains(letter);
        if text.contains(is_special) { format!("'{text}'") } else { text }
    };
    let changes = arguments.input.set.iter();
    let changes = changes.map(|change| format!(" --set {}", quoted(change.text().to_owned())));
    let file = quoted(arguments.file.display().to_string());
    let version = |name: &str, version: String| (name.to_owned(), version);
    ExperimentMetadata {
        title: experiment.title.clone(),
        description: experiment.description.clone(),
        claims: experiment.claims.clone(),
        published: experiment.published.clone(),
        phases: experiment.phases.clone(),
        command: format!("swanbench sweep {file}{}", changes.collect::<String>()),
        versions: vec![
            version("swanbench", env!("CARGO_PKG_VERSION").to_owned()),
            version("libtorch", swanbench_torch::libtorch_version()),
            version(&experiment.data.kind, prepared.data_revision.clone()),
        ],
    }
}

/// Moves damaged results aside, removes what kills left beside whole ones, and takes over what other
/// experiments have.
fn repair_results(experiment: &Experiment, store: &Store) -> Result<(), Failure> {
    for run in &experiment.runs {
        match store.verify(&run.id) {
            Ok(()) if store.is_done(&run.id) => store.remove_leftovers(&run.id).bad_input()?,
            Ok(()) => {}
            Err(damaged @ swanbench_results::Error::Damaged { .. }) => {
                eprintln!("warning: {damaged}");
            }
            Err(error) => return Err(error).bad_input(),
        }
    }
    let ids = experiment.runs.iter().map(|run| run.id.as_str());
    store.reuse_from_others(ids.filter(|id| !store.is_done(id))).bad_input()?;
    Ok(())
}

/// Sets what libtorch keeps for the whole process, before the first tensor on a device.
fn configure_numerics(arguments: &Sweep, precision: Precision) -> Result<(), Failure> {
    let tf32 = precision == Precision::Tf32;
    if tf32 && arguments.device.contains(&DeviceChoice::Cpu) {
        let error = anyhow!(
            "precision tf32 exists on CUDA only: use --device cuda, or \
             --set train.precision=float32"
        );
        return Err(error).bad_input();
    }
    arguments.linear.set_global().expect("nothing was computed before");
    swanbench_torch::prepare_process().failed()?;
    swanbench_torch::allow_tf32(tf32).failed()
}

/// As many as asked for, or a core for each run; on CUDA a device, which one run keeps busy.
fn jobs(arguments: &Sweep) -> usize {
    match arguments.jobs {
        Some(jobs) => jobs.get(),
        None if arguments.device.contains(&DeviceChoice::Cpu) => {
            thread::available_parallelism().map_or(1, NonZeroUsize::get)
        }
        None => arguments.device.len(),
    }
}

/// Lists the runs, and says what those that are missing will need.
fn print_plan(arguments: &Sweep, prepared: &Prepared, store: &Store) -> Result<(), Failure> {
    let runs = &prepared.experiment.runs;
    let mut missing = Vec::new();
    for run in runs {
        let state = if store.is_done(&run.id) {
            "done"
        } else if store.is_done_elsewhere(&run.id) {
            "done by another experiment"
        } else {
            missing.push(run);
            "missing"
        };
        output::line(format_args!("{}  {state:7}  {}", run.id, title(run)));
    }
    output::line(format_args!("{} runs, {} done", runs.len(), runs.len() - missing.len()));
    if missing.is_empty() {
        return Ok(());
    }
    configure_numerics(arguments, prepared.experiment.train.precision)?;
    swanbench_torch::prepare_thread().failed()?;
    let devices = Devices::open(&arguments.device, prepared)?;
    let Estimate { time, train_flops } = estimate(&missing, &devices).failed()?;
    let jobs = jobs(arguments).min(missing.len());
    output::line(format_args!(
        "to train: {train_flops:.2e} FLOPs, about {} with {jobs} at a time",
        duration(time / jobs as u32),
    ));
    Ok(())
}

/// In two figures at least: an estimate has no more.
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
        let shown = |seconds| duration(Duration::from_secs(seconds));
        let units = [99, 100, 5999, 7200, 360_001].map(shown);
        assert_eq!(units, ["99 s", "2 min", "100 min", "2 h", "4 days"]);
    }
}
