//! Turns trained networks into files that `swanbench-infer` runs: *gated*, with all units that are
//! ever open and the gates that decide, or *compact*, a smaller dense network. Measures what they
//! compute, and how fast.

mod card;
mod compact;
mod contest;
mod describe;
mod energy;
mod engine;
mod file;
mod libtorch;
mod onnx;
#[cfg(test)]
mod random_networks;
mod timing;
mod units;

use swanbench_core::{ModelBuildError, ModelMap, Parameters};
use swanbench_data::Dataset;
use swanbench_infer::Network;
use swanbench_torch::TorchError;
use swanbench_train::{KeptNetwork, SiteGates};
use thiserror::Error;

pub use crate::card::card_model;
pub use crate::compact::{Compact, compact};
pub use crate::contest::Row;
pub use crate::engine::{Computed, Difference, compare, compute};
pub use crate::onnx::onnx;
pub use crate::timing::{Entrant, Round, Timings};
use crate::{describe::describe, units::SiteUnits};

/// A network as a file.
#[derive(Debug)]
pub struct Exported {
    /// The content of the file.
    pub bytes: Vec<u8>,
    /// The same, read.
    pub network: Network,
    /// Units of all sites of the trained network.
    pub all_units: i64,
    /// Those of them that are open for any example.
    pub kept_units: i64,
    /// Those of them whose gates were decided for each example before the export.
    pub varying_units: i64,
    /// By gate of the file, its site as a position in the model's, and the units that are kept of it.
    pub gates: Vec<(usize, Vec<i64>)>,
}

/// What becomes of gates that depend on the example.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// They are decided for each example.
    Gated,
    /// Units that are open on a larger share of the validation examples than this are open for all,
    /// the others for none.
    Compact(f64),
}

/// Why a network cannot be exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// Its gates are no linear map.
    #[error(
        "the gates of `{site}` are decided by more than a linear map of the input, which exported \
         networks do not have"
    )]
    Gates {
        /// The site.
        site: String,
    },
    /// A residual stream is switched.
    #[error(
        "the units of `{site}` are those of a residual stream, which exported networks do not switch"
    )]
    Stream {
        /// The site.
        site: String,
    },
    /// Only the engine decides gates.
    #[error(
        "its gates are decided for each image, which neither ONNX nor libtorch can: export it as \
         compact"
    )]
    Decided,
    /// libtorch could not compute it.
    #[error("libtorch has no such model")]
    Model(#[from] ModelBuildError),
    /// libtorch fails.
    #[error(transparent)]
    Torch(#[from] TorchError),
    /// The file cannot be made.
    #[error("cannot write the tensors")]
    Tensors(#[from] safetensors::SafeTensorError),
    /// The file cannot be made.
    #[error("cannot write the description")]
    Description(#[from] serde_json::Error),
    /// The file cannot be read back.
    #[error("the file that was written cannot be read")]
    Load(#[from] swanbench_infer::LoadError),
}

impl ExportError {
    /// Returns whether it is for what the method or the model does that a network cannot be exported.
    pub const fn is_of_the_method(&self) -> bool {
        matches!(self, Self::Gates { .. } | Self::Stream { .. })
    }
}

/// Exports a network; `about` is kept in the file as it is.
///
/// Returns an error that names the site if its gates cannot be exported.
pub fn export(
    network: &mut KeptNetwork,
    form: Form,
    about: serde_json::Value,
) -> Result<Exported, ExportError> {
    let gates = network.gates()?;
    let is_varying = |gates: &&SiteGates| matches!(gates, SiteGates::Varying { .. });
    let varying = gates.iter().filter(is_varying).map(|gates| match gates {
        SiteGates::Varying { units, .. } => units.varying.len() as i64,
        _ => 0,
    });
    let varying_units = varying.sum();
    let map = network.map();
    let units =
        map.sites.iter().zip(gates).map(|(site, gates)| SiteUnits::of(map, site, gates, form));
    let units = units.collect::<Result<Vec<_>, _>>()?;
    let kept_units = units.iter().map(|site| site.kept.len() as i64).sum();
    let all_units = map.units();
    let decided = units.iter().enumerate().filter(|(_, site)| site.decided.is_some());
    let gates = decided.map(|(site, units)| (site, units.kept.clone())).collect();
    let (parameters, data) = (network.parameters(), network.data());
    let bytes = describe(map, parameters, data, units, about).to_bytes()?;
    let network = Network::from_bytes(&bytes)?;
    Ok(Exported { bytes, network, all_units, kept_units, varying_units, gates })
}

/// Exports a model without gates, whose images are normalised as those of `data`.
///
/// Returns an error if the tensors cannot be written.
fn export_dense(
    map: &ModelMap,
    parameters: &Parameters,
    data: &Dataset,
) -> Result<Network, ExportError> {
    let units = map.sites.iter().map(SiteUnits::all).collect();
    let file = describe(map, parameters, data, units, serde_json::Value::Null);
    Ok(Network::from_bytes(&file.to_bytes()?)?)
}
