//! SET, sparse evolutionary training: weights move to random places.

use swanbench_core::{
    LayerId, Method, ModelMap, ParameterGroup, Parameters, Progress, Regularizer, Setup, State,
    StateError,
};
use swanbench_torch::TorchError;
use tch::Tensor;

use crate::sparse_training::{Growth, Settings, SparseTraining};

/// Drops by magnitude and grows at random. Moves as often, and as much, as RigL, so that the two
/// differ in where weights grow alone; its paper moves 30% once an epoch.
pub struct SparseEvolution(SparseTraining);

impl Method for SparseEvolution {
    const NAME: &'static str = "set";
    const SUMMARY: &'static str = "sparse from the first step; small weights move to random places";
    const SOURCE: &'static str = "Mocanu et al. 2018, arXiv 1707.04780";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(settings: Settings, target: f64) -> Self {
        Self(SparseTraining::new(settings, Growth::Random, target))
    }
}

impl Regularizer for SparseEvolution {
    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        self.0.attach(setup)
    }

    fn after_backward(&mut self, _: &Parameters, progress: Progress) -> Result<(), TorchError> {
        self.0.after_backward(progress)
    }

    fn after_step(&mut self, _: &Parameters, _: Progress) -> Result<(), TorchError> {
        self.0.after_step();
        Ok(())
    }

    fn state(&self) -> Result<State, TorchError> {
        self.0.state()
    }

    fn restore(
        &mut self,
        state: &State,
        map: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), StateError> {
        self.0.restore(state, map, parameters)
    }

    fn weight_mask(&self, layer: LayerId) -> Option<&Tensor> {
        self.0.weight_mask(layer)
    }
}
