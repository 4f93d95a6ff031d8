//! `swanbench sweep`: from an experiment to its pictures.

use std::{num::NonZeroUsize, thread};

use anyhow::anyhow;
use swanbench_data::{Dataset, find};
use swanbench_results::Store;
use swanbench_spec::{Experiment, RunSpec};

use crate::{
    arguments::Sweep,
    commands::report,
    exit::{Blame, Failure},
    network,
    sweep::{Launch, Progress, launch, title},
    vocabulary,
};

pub fn run(arguments: &Sweep) -> Result<(), Failure> {
    let (experiment, places) = vocabulary::load(&arguments.file, &arguments.input)?;
    let store = Store::open(&arguments.places.results, &experiment.name);
    if arguments.dry_run {
        print_plan(&experiment, &store);
        return Ok(());
    }
    // Everything that can be wrong with the input is found before the first file is written.
    let device = arguments.device.open().bad_input()?;
    swanbench_torch::prepare_process().failed()?;
    let dataset = find(&experiment.data.kind).expect("the check knows the same datasets");
    let raw = (dataset.load)(&experiment.data, &places).bad_input()?;
    let first = &experiment.runs[0];
    let data = Dataset::prepare(&raw, first.validation, first.limit, device).bad_input()?;
    for run in &experiment.runs {
        let width = run.model_width * run.width;
        network::model(&run.model, data.shape, data.classes, width).bad_input()?;
        network::method(run).bad_input()?;
    }

    store.write_experiment(&experiment.text).failed()?;
    let missing: Vec<&RunSpec> =
        experiment.runs.iter().filter(|run| !store.is_done(&run.id)).collect();
    let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = arguments.jobs.map_or_else(cores, NonZeroUsize::get);
    let progress = Progress::new(missing.len(), experiment.runs.len(), arguments.quiet);
    let plan = Launch { runs: &missing, data, device, device_name: arguments.device, jobs };
    let failed = launch(plan, &store, progress).failed()?;

    let frame = store.collect(&experiment.runs).failed()?;
    store.write_runs(&frame).failed()?;
    let folder = report::folder(&arguments.places, &experiment.name);
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
        return Err(anyhow!("{failed} of {all} runs failed; see {folder}/*.failed/failure.json"))
            .failed();
    }
    Ok(())
}

fn print_plan(experiment: &Experiment, store: &Store) {
    let mut done = 0;
    for run in &experiment.runs {
        let state = if store.is_done(&run.id) { "done" } else { "missing" };
        done += usize::from(store.is_done(&run.id));
        println!("{}  {state:7}  {}", run.id, title(run));
    }
    println!("{} runs, {done} done", experiment.runs.len());
}
