//! What a method saves and costs at inference beyond the gates of a pass.

use tch::{Kind, Tensor};

use crate::{Deciding, GateCost, LayerId, ModelMap, UnitCost};

/// What a method saves by single weights, and what deciding its gates costs. The default saves and
/// costs nothing.
#[derive(Debug, Default)]
pub struct InferenceCost {
    /// By layer, which weights survive: 0 and 1 in the weight's shape. `None`, or no entry, if all
    /// weights of the layer do.
    pub weight_masks: Vec<Option<Tensor>>,
    /// By site, what deciding its gates costs. Empty if no gate depends on the example.
    pub gates: Vec<GateCost>,
}

impl InferenceCost {
    /// Returns the mask of a layer's weight; `None` if all weights survive.
    pub fn weight_mask(&self, layer: LayerId) -> Option<&Tensor> {
        self.weight_masks.get(layer.index())?.as_ref()
    }

    /// Returns the share of the masked layers' weights that survive: 1 if nothing is masked.
    pub fn weights_share(&self) -> f64 {
        let (mut kept, mut all) = (0.0, 0.0);
        for mask in self.weight_masks.iter().flatten() {
            kept += mask.sum(Kind::Double).double_value(&[]);
            all += mask.numel() as f64;
        }
        if all == 0.0 { 1.0 } else { kept / all }
    }

    /// Returns the FLOPs per example of deciding the gates, of which `deciding` vary, by site.
    pub fn gate_flops(&self, map: &ModelMap, deciding: &[Deciding]) -> UnitCost {
        let sites = map.sites.iter().zip(&self.gates).zip(deciding);
        let costs = sites.map(|((site, gate), &deciding)| gate.flops(map, site, deciding));
        costs.fold(UnitCost::default(), UnitCost::plus)
    }

    /// Counts the FLOPs per example of the gates in training, where everything is open and every
    /// gate is decided. What is computed of a unit's output is part of the network.
    pub fn training_flops(&self, map: &ModelMap) -> f64 {
        let deciding: Vec<Deciding> = map.sites.iter().map(Deciding::all).collect();
        self.gate_flops(map, &deciding).whole(map)
    }
}
