//! `swanbench bench`: how fast exported networks are.

use std::{fs, path::Path};

use anyhow::{Context, anyhow};
use serde_json::json;
use swanbench_core::{Parameters, SeedStream};
use swanbench_export::{Contestant, Images, Row, compete, export_dense};
use swanbench_infer::Network;
use swanbench_spec::RunSpec;
use swanbench_torch::Device;

use crate::{
    arguments::{Bench, Format},
    components::{self, RunModels},
    exit::{CommandError, ExitCodeExt},
    output,
    prepare::data_of,
};

/// Images that take part, over and over.
const IMAGES: usize = 256;
/// The name of the dense network with all units, to which speeds refer.
const WHOLE: &str = "whole network";

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
    let images = data.test.len().unsigned_abs() as usize;
    if let Some(batch) = arguments.batch.iter().find(|batch| batch.get() > images) {
        return Err(anyhow!("--batch {batch}: there are {images} test images")).bad_input();
    }
    let mut init = SeedStream::Init.generator(first.seed, Device::Cpu).failed()?;
    let parameters = Parameters::initialise(&reference, &mut init, Device::Cpu).failed()?;
    let dense = export_dense(&reference, &parameters, &data).failed()?;
    let dense = Network::from_bytes(&dense).failed()?;
    let mut rows = Vec::new();
    for batch in &arguments.batch {
        let batch = batch.get();
        let images = Images::of(&data, batch, IMAGES);
        let mut all = vec![
            Contestant::libtorch(WHOLE, &reference, &parameters),
            Contestant::engine(WHOLE, &dense, batch),
        ];
        for (file, (network, _)) in &files {
            all.push(Contestant::engine(&file.display().to_string(), network, batch));
        }
        rows.extend(compete(all, &images, arguments.seconds));
    }
    match arguments.format {
        Format::Table => print_table(&rows),
        Format::Json => output::line(format_args!("{:#}", json!(rows))),
    }
    Ok(())
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
    output::line(format_args!(
        "{:24} {:16} {:>5} {:>10} {:>10} {:>12} {:>11} {:>9} {:>6} {:>10}",
        "model",
        "engine",
        "batch",
        "p50, us",
        "p95, us",
        "images/s",
        "theoretical",
        "realised",
        "ratio",
        "uJ/image",
    ));
    for row in rows {
        let energy = row.energy_uj.as_ref().map_or("-".to_owned(), |energy| format!("{energy:.1}"));
        output::line(format_args!(
            "{:24} {:16} {:>5} {:>10.1} {:>10.1} {:>12.0} {:>10.2}x {:>8.2}x {:>6.2} {energy:>10}",
            row.model,
            row.engine,
            row.batch,
            row.p50_us,
            row.p95_us,
            row.images_per_sec,
            row.theoretical_speedup,
            row.realised_speedup,
            row.ratio,
        ));
    }
    if let Some(Err(reason)) = rows.first().map(|row| &row.energy_uj) {
        output::line(format_args!("energy is not available: {reason}"));
    }
}
