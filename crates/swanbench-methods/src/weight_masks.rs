//! Masks over the weights of layers: what is masked is zero, and stays so.

use swanbench_core::{LayerId, ModelMap, Parameters, State};
use tch::Tensor;

/// By layer, a mask in {0, 1} and the weight that it belongs to; empty until weights are masked.
#[derive(Default)]
pub struct WeightMasks(Vec<(Tensor, Tensor)>);

impl WeightMasks {
    /// Masks for all layers of `map`, applied at once.
    pub fn new(masks: Vec<Tensor>, map: &ModelMap, parameters: &Parameters) -> Self {
        let weights = map.layers.iter().map(|layer| parameters.get(layer.weight).shallow_clone());
        let all = Self(masks.into_iter().zip(weights).collect());
        all.apply_masks();
        all
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mask of a layer; none where nothing is masked.
    pub fn get(&self, layer: LayerId) -> Option<&Tensor> {
        self.0.get(layer.index()).map(|(mask, _)| mask)
    }

    /// Masks with their weights.
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
    pub fn silence_gradients(&self) {
        for (mask, weight) in &self.0 {
            let mut gradient = weight.grad();
            if gradient.defined() {
                let _ = gradient.g_mul_(mask);
            }
        }
    }

    /// Keeps the masks as part of a method's state.
    pub fn keep(&self, state: &mut State) {
        state.keep_all("weights", self.0.iter().map(|(mask, _)| mask));
    }

    /// What [`WeightMasks::keep`] kept.
    pub fn restored(state: &State, map: &ModelMap, parameters: &Parameters) -> Self {
        let device = parameters.device();
        let masks = state.all("weights").into_iter().map(|mask| mask.to_device(device));
        let weights = map.layers.iter().map(|layer| parameters.get(layer.weight).shallow_clone());
        Self(masks.zip(weights).collect())
    }
}
