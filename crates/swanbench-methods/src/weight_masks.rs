//! Masks over the weights of layers: masked weights are zero, and stay zero.

use swanbench_core::{InferenceCost, LayerId, ModelMap, Parameters, State};
use tch::Tensor;

/// By layer, a mask in {0, 1} and its weight; empty until weights are masked.
#[derive(Default)]
pub struct WeightMasks(Vec<(Tensor, Tensor)>);

impl WeightMasks {
    /// Creates masks for all layers of `map` and applies them.
    pub fn new(masks: Vec<Tensor>, map: &ModelMap, parameters: &Parameters) -> Self {
        let all = Self::paired(masks, map, parameters);
        all.apply_masks();
        all
    }

    fn paired(masks: Vec<Tensor>, map: &ModelMap, parameters: &Parameters) -> Self {
        let weights = map.layers.iter().map(|layer| parameters.get(layer.weight).shallow_clone());
        Self(masks.into_iter().zip(weights).collect())
    }

    /// Returns whether nothing is masked yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the mask of a layer; `None` if nothing is masked.
    pub fn get(&self, layer: LayerId) -> Option<&Tensor> {
        self.0.get(layer.index()).map(|(mask, _)| mask)
    }

    /// Returns masks with their weights.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut (Tensor, Tensor)> {
        self.0.iter_mut()
    }

    /// Sets masked weights to zero, also after momentum has moved them.
    pub fn apply_masks(&self) {
        for (mask, weight) in &self.0 {
            let _ = weight.detach().g_mul_(mask);
        }
    }

    /// Sets the gradients of masked weights to zero, so that optimizers forget them.
    pub fn mask_gradients(&self) {
        for (mask, weight) in &self.0 {
            let mut gradient = weight.grad();
            if gradient.defined() {
                let _ = gradient.g_mul_(mask);
            }
        }
    }

    /// Returns the masks as what a method saves at inference.
    pub fn inference_cost(&self) -> InferenceCost {
        let weight_masks = self.0.iter().map(|(mask, _)| Some(mask.shallow_clone())).collect();
        InferenceCost { weight_masks, ..InferenceCost::default() }
    }

    /// Keeps the masks as part of a method's state.
    pub fn keep(&self, state: &mut State) {
        state.keep_all("weights", self.0.iter().map(|(mask, _)| mask));
    }

    /// Returns what [`WeightMasks::keep`] kept.
    pub fn restored(state: &State, map: &ModelMap, parameters: &Parameters) -> Self {
        Self::paired(state.all_on("weights", parameters.device()), map, parameters)
    }
}
