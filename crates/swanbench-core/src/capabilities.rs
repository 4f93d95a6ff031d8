//! Facts that a method states about itself.

use swanbench_spec::Mode;
use tch::Tensor;

use crate::{LayerId, ModelMap, Ramp};

/// What a method can do and needs. The default is right for the dense network.
#[derive(Debug, Clone, PartialEq)]
pub struct Capabilities {
    /// Whether the last epochs are a recovery stage, after pruning or the switch to hard gates.
    pub recovers: bool,
    /// The modes in which evaluation makes sense; the first is the headline.
    pub modes: &'static [Mode],
    /// Whether whole units are closed. Every site keeps at least one, so a target below
    /// [`ModelMap::min_density`] is refused.
    pub closes_units: bool,
    /// Thresholds at which a finished run is evaluated in addition to the one it was trained for.
    pub thresholds: Vec<f64>,
    /// The ramp that the pictures of training show.
    pub ramp: Option<Ramp>,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            recovers: false,
            modes: &[Mode::Hard],
            closes_units: false,
            thresholds: Vec::new(),
            ramp: None,
        }
    }
}

impl Capabilities {
    /// Returns the smallest target that the method can reach on a model.
    pub fn min_target(&self, map: &ModelMap) -> f64 {
        if self.closes_units { map.min_density() } else { 0.0 }
    }
}

/// What a method saves and costs at inference beyond the gates of a pass. The default saves and
/// costs nothing.
#[derive(Debug, Default)]
pub struct InferenceCost {
    /// By layer, which weights survive: 0 and 1 in the weight's shape. `None`, or no entry, if all
    /// weights of the layer do.
    pub weight_masks: Vec<Option<Tensor>>,
    /// By site, the FLOPs per example of deciding its gates. Empty if that costs nothing.
    pub gate_flops: Vec<f64>,
    /// Parameters of the gates that inference must store.
    pub gate_parameters: u64,
}

impl InferenceCost {
    /// Returns the mask of a layer's weight; `None` if all weights survive.
    pub fn weight_mask(&self, layer: LayerId) -> Option<&Tensor> {
        self.weight_masks.get(layer.index())?.as_ref()
    }

    /// Sums the FLOPs per example of deciding all gates.
    pub fn total_gate_flops(&self) -> f64 {
        // An empty sum of floats is -0.0.
        self.gate_flops.iter().sum::<f64>() + 0.0
    }
}
