//! `swanbench bench`: how fast exported networks are.

use std::{fs, num::NonZeroU32, path::Path};

use anyhow::{Context, anyhow};
use serde_json::json;
use swanbench_export::{Entrant, Row, Timings};
use swanbench_infer::Network;
use swanbench_spec::{Engine, Latency, RunSpec};
use swanbench_torch::Device;

use crate::{
    arguments::{Bench, Format},
    components::{self, RunModels},
    exit::{CommandError, ExitCodeExt},
    kept, output,
    prepare::data_of,
};

/// Measures the files in turns with the dense network, in libtorch and in our engine.
pub fn run(arguments: &Bench) -> Result<(), CommandError> {
    let files = arguments.files.iter().map(|file| Ok((file.as_path(), open(file)?)));
    let files = files.collect::<Result<Vec<(&Path, (Network, RunSpec))>, CommandError>>()?;
    let (_, (_, first)) = &files[0];
    for (file, (_, run)) in &files[1..] {
        let whole = |run: &RunSpec| (run.model.clone(), run.model_width, run.data.clone());
        if whole(run) != whole(first) {
            let (one, other) = (file.display(), arguments.files[0].display());
            return Err(anyhow!("`{one}` and `{other}` are of different models or data"))
                .bad_input();
        }
    }
    swanbench_torch::prepare_process().failed()?;
    swanbench_torch::prepare_thread().failed()?;
    let data = data_of(first, &arguments.place)?;
    let RunModels { reference, .. } =
        components::models(first, data.shape, data.classes).bad_input()?;
    let images = data.test.len();
    if let Some(batch) = arguments.batch.iter().find(|batch| i64::from(batch.get()) > images) {
        return Err(anyhow!("--batch {batch}: there are {images} test images")).bad_input();
    }
    let settings = Latency {
        batch: unique(&arguments.batch),
        threads: arguments.threads.get(),
        seconds: arguments.seconds,
    };
    kept::check_threads(&settings)?;
    let device = arguments.device.open().bad_input()?;
    let names: Vec<String> = files.iter().map(|(file, _)| file.display().to_string()).collect();
    let mut entrants = Vec::new();
    for ((_, (network, _)), name) in files.iter().zip(&names) {
        let is_gated = !network.description().gates.is_empty();
        let by = |engine| Entrant { name, network, engine };
        if device != Device::Cpu && is_gated {
            let error = anyhow!(
                "`{name}` decides gates for each image, which is computed on the CPU only: export \
                 it as compact, or use --device cpu"
            );
            return Err(error).bad_input();
        }
        if !is_gated {
            entrants.push(by(Engine::Libtorch));
        }
        if device == Device::Cpu {
            entrants.push(by(Engine::SwanbenchInfer));
        }
    }
    let timings = Timings { data: &data, reference: &reference, settings: &settings, device };
    let rounds = timings.measure(&entrants).failed()?;
    let rows = rounds.into_iter().flat_map(|round| round.dense.into_iter().chain(round.networks));
    let rows: Vec<Row> = rows.collect();
    match arguments.format {
        Format::Table => print_table(&rows),
        Format::Json => output::line(format_args!("{:#}", json!(rows))),
    }
    Ok(())
}

/// Returns numbers once each, in the order in which they were given.
fn unique(batches: &[NonZeroU32]) -> Vec<u32> {
    let mut all = Vec::new();
    for batch in batches.iter().map(|batch| batch.get()) {
        if !all.contains(&batch) {
            all.push(batch);
        }
    }
    all
}

/// Opens a file with the settings of its run.
fn open(file: &Path) -> Result<(Network, RunSpec), CommandError> {
    let named = || format!("`{}` is no exported network", file.display());
    let content = fs::read(file).with_context(|| format!("cannot read `{}`", file.display()));
    let network = Network::from_bytes(&content.bad_input()?).with_context(named).bad_input()?;
    let run = serde_json::from_value(network.description().about["run"].clone());
    let run = run.with_context(|| format!("`{}` does not say of which run it is", file.display()));
    Ok((network, run.bad_input()?))
}

fn print_table(rows: &[Row]) {
    let widest = rows.iter().map(|row| row.model.chars().count()).max().unwrap_or_default();
    output::line(format_args!(
        "{:widest$} {:15} {:13} {:>5} {:>10} {:>10} {:>12} {:>11} {:>9} {:>6} {:>10}",
        "model",
        "engine",
        "images",
        "batch",
        "p50, us",
        "p95, us",
        "images/s",
        "theoretical",
        "realised",
        "ratio",
        "uJ/image",
    ));
    for Row { model, timing, energy_uj, .. } in rows {
        let energy = energy_uj.as_ref().map_or("-".to_owned(), |energy| format!("{energy:.1}"));
        let (engine, images) = (timing.engine.to_string(), timing.images.to_string());
        output::line(format_args!(
            "{model:widest$} {engine:15} {images:13} {:>5} {:>10.1} {:>10.1} {:>12.0} {:>10.2}x {:>8.2}x \
             {:>6.2} {energy:>10}",
            timing.batch,
            timing.p50_us,
            timing.p95_us,
            timing.images_per_sec,
            timing.theoretical_speedup,
            timing.realised_speedup,
            timing.ratio,
        ));
    }
    if let Some(Err(reason)) = rows.first().map(|row| &row.energy_uj) {
        output::line(format_args!("energy is not available: {reason}"));
    }
}
