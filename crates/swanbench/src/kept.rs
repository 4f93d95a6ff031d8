//! Networks that were kept, ready to be exported.

use std::{num::NonZeroUsize, thread};

use anyhow::{Context, anyhow};
use swanbench_data::Dataset;
use swanbench_results::Store;
use swanbench_spec::{Latency, RunSpec};
use swanbench_train::{KeptInput, KeptNetwork};

use crate::{
    components::{self, RunModels},
    exit::{CommandError, ExitCodeExt},
    title::title,
};

/// Reads the network of a run from `bytes`, what the store has of it.
///
/// Returns an error if it is the network of another run.
pub fn load(
    store: &Store,
    run: &RunSpec,
    data: &Dataset,
    bytes: &[u8],
) -> Result<KeptNetwork, CommandError> {
    let RunModels { model, reference, .. } =
        components::models(run, data.shape, data.classes).bad_input()?;
    let method = components::method(run).bad_input()?;
    let source = run.sources.first();
    let densities = source.map(|source| store.site_activities(source)).transpose().bad_input()?;
    let reference = &reference;
    let input = KeptInput { run, data, model, reference, method, densities, bytes };
    let network = KeptNetwork::load(input);
    network.with_context(|| format!("cannot read the network of {}", title(run))).bad_input()
}

/// Returns what an exported network says of its run.
pub fn about(run: &RunSpec) -> serde_json::Value {
    serde_json::json!({ "run": run, "exported-by": env!("CARGO_PKG_VERSION") })
}

/// Checks that there is a core for each thread: otherwise they wait for one another, and what is
/// timed is the scheduler.
///
/// Returns a bad input if there is none.
pub fn check_threads(settings: &Latency) -> Result<(), CommandError> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = settings.threads;
    if threads as usize <= cores {
        return Ok(());
    }
    Err(anyhow!("{threads} threads cannot be timed: there are {cores} cores")).bad_input()
}
