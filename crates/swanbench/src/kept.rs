//! Networks that were kept, ready to be exported.

use anyhow::Context;
use swanbench_data::Dataset;
use swanbench_results::Store;
use swanbench_spec::RunSpec;
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
