//! SNIP: weights are removed once, before training, by the loss's sensitivity to them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Budget, Capabilities, InferenceCost, MethodDef, ModelMap, ParameterGroup, Parameters,
    Regularizer, Restarted, Setup, State, StateError, TrainProgress,
};
use swanbench_torch::TorchError;
use tch::Tensor;

use crate::{
    ranking::{Allocation, keep_highest},
    weight_masks::WeightMasks,
};

/// Pruning by the connection sensitivity `|weight x gradient|` on the first minibatch, whose
/// gradients are also used for the first step.
pub struct Snip {
    settings: Settings,
    budget: Budget,
    map: Option<ModelMap>,
    weights: WeightMasks,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How the budget is spread over layers.
    allocation: Allocation,
}

impl Default for Settings {
    fn default() -> Self {
        Self { allocation: Allocation::Global }
    }
}

impl MethodDef for Snip {
    const NAME: &'static str = "snip";
    const SUMMARY: &'static str = "weights to which the loss is least sensitive go before training";
    const SOURCE: &'static str = "Lee et al. 2019, arXiv 1810.02340";
    const REVISION: u32 = 2;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(settings: Settings) -> Self {
        let (budget, weights) = (Budget::default(), WeightMasks::default());
        Self { settings, budget, map: None, weights }
    }
}

impl Regularizer for Snip {
    fn capabilities(&self) -> Capabilities {
        Capabilities { prunes_weights: true, ..Capabilities::default() }
    }

    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        self.map = Some(setup.map.clone());
        self.budget = setup.budget;
        Ok(Vec::new())
    }

    fn after_backward(
        &mut self,
        parameters: &Parameters,
        _: TrainProgress,
    ) -> Result<Vec<Restarted>, TorchError> {
        if self.weights.is_empty() {
            let map = self.map.as_ref().expect("attached");
            let sensitivity = |weight: &Tensor| (weight.detach() * weight.grad()).abs();
            let weights = map.layers.iter().map(|layer| parameters.get(layer.weight));
            let scores: Vec<Tensor> = weights.map(sensitivity).collect();
            let limit = self.budget.of_weights(map);
            let masks = keep_highest(&scores, self.settings.allocation, |kept| limit.allows(kept));
            self.weights = WeightMasks::new(masks, map, parameters);
        }
        self.weights.mask_gradients();
        Ok(Vec::new())
    }

    fn after_step(&mut self, _: &Parameters, _: TrainProgress) -> Result<(), TorchError> {
        self.weights.apply_masks();
        Ok(())
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        self.weights.keep(&mut state);
        Ok(state)
    }

    fn restore(
        &mut self,
        state: &State,
        map: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), StateError> {
        self.weights = WeightMasks::restored(state, map, parameters);
        Ok(())
    }

    fn inference_cost(&self, _: &ModelMap) -> InferenceCost {
        self.weights.inference_cost()
    }
}

#[cfg(test)]
mod tests {
    use swanbench_core::ModelBuilder;
    use swanbench_spec::Stage;
    use tch::Kind;

    use super::*;
    use crate::testing::{attach, progress};

    #[test]
    fn weights_with_the_largest_sensitivity_stay() {
        let mut builder = ModelBuilder::new([3, 1, 1], 2, 1.0);
        builder.linear("last", builder.input(), 2);
        let map = builder.finish();
        let mut method = Snip::new(Settings::default());
        let parameters = attach(&mut method, &map, 0.5);
        let weight = parameters.get(map.layers[0].weight);
        let values = Tensor::from_slice2(&[[1.0f32, -4.0, 0.5], [2.0, 0.0, 3.0]]);
        weight.detach().copy_(&values);
        // The gradient of this sum is [[5, 1, 2], [-3, 9, 1]]; products 5, 4, 1, 6, 0, 3.
        let factors = Tensor::from_slice2(&[[5.0f32, 1.0, 2.0], [-3.0, 9.0, 1.0]]);
        (weight * &factors).sum(Kind::Float).backward();

        let _no_graph = tch::no_grad_guard();
        method.after_backward(&parameters, progress(Stage::Training)).unwrap();
        let kept = Tensor::from_slice2(&[[1.0f32, 1.0, 0.0], [1.0, 0.0, 0.0]]);
        assert_eq!(method.inference_cost(&map).weight_mask(map.layers[0].id), Some(&kept));
        assert_eq!(weight.detach(), values * &kept);
        assert_eq!(weight.grad(), factors * kept);
    }
}
