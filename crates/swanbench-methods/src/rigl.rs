//! RigL: sparse training whose weights move to where the loss would fall fastest.

use swanbench_core::{
    LayerId, Method, ModelMap, ParameterGroup, Parameters, Progress, Regularizer, Setup, State,
    StateError,
};
use swanbench_torch::TorchError;
use tch::Tensor;

use crate::sparse_training::{Growth, Settings, SparseTraining};

/// Drops by magnitude and grows by gradient.
pub struct Rigl(SparseTraining);

impl Method for Rigl {
    const NAME: &'static str = "rigl";
    const SUMMARY: &'static str =
        "sparse from the first step; small weights move to where the gradient is largest";
    const SOURCE: &'static str = "Evci et al. 2020, arXiv 1911.11134";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(settings: Settings, target: f64) -> Self {
        Self(SparseTraining::new(settings, Growth::Gradient, target))
    }
}

impl Regularizer for Rigl {
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
