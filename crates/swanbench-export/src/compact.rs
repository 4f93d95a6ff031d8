//! How often a unit must be open to be one of a compact network.

use swanbench_train::KeptNetwork;

use crate::{ExportError, Exported, Form, compute, export};

/// Shares of examples above which a unit may be open for all.
const SHARES: [f64; 7] = [0.9, 0.75, 0.5, 0.25, 0.1, 0.01, 0.0];

/// A compact network.
#[derive(Debug)]
pub struct Compact {
    /// The network.
    pub exported: Exported,
    /// Units that were open for a larger share of the validation examples are open for all. `None` if
    /// the gates were the same for all examples.
    pub share: Option<f64>,
}

/// Exports a compact network, at the share of examples that is most accurate on validation; of equal
/// ones the smallest network.
///
/// Returns an error as [`export`] does.
pub fn compact(
    network: &mut KeptNetwork,
    about: &serde_json::Value,
) -> Result<Compact, ExportError> {
    let mut best: Option<(f64, Compact)> = None;
    for share in SHARES {
        let exported = export(network, Form::Compact(share), about.clone())?;
        if exported.varying_units == 0 {
            return Ok(Compact { exported, share: None });
        }
        let data = network.data();
        let accuracy = compute(&exported.network, data, &data.validation).measured.accuracy;
        if best.as_ref().is_none_or(|(most, _)| accuracy > *most) {
            best = Some((accuracy, Compact { exported, share: Some(share) }));
        }
    }
    Ok(best.expect("there are shares").1)
}
