//! The optimizer of the weights, and those of what the method trains beside them.

use swanbench_core::{ParameterGroup, Parameters};
use swanbench_spec::{OptimizerKind, Train};
use swanbench_torch::{Adam, Optimizer, Sgd, TorchError};
use tch::Tensor;

/// One optimizer for each group, all stepping together.
pub struct Optimizers {
    groups: Vec<(Box<dyn Optimizer>, f64)>,
}

impl Optimizers {
    /// Fresh state for the weights and for the method's `groups`, which have no weight decay.
    pub fn new(settings: &Train, weights: &Parameters, groups: &[ParameterGroup]) -> Self {
        let weights = (optimizer(settings, weights.trained(), settings.weight_decay), 1.0);
        let own = groups
            .iter()
            .map(|group| (optimizer(settings, &group.parameters, 0.0), group.learning_rate_factor));
        Self { groups: std::iter::once(weights).chain(own).collect() }
    }

    /// One step of every group; `learning_rate` is that of the weights.
    pub fn step(&mut self, learning_rate: f64) -> Result<(), TorchError> {
        self.groups.iter_mut().try_for_each(|(group, factor)| group.step(learning_rate * *factor))
    }

    pub fn drop_gradients(&mut self) -> Result<(), TorchError> {
        self.groups.iter_mut().try_for_each(|(group, _)| group.drop_gradients())
    }
}

fn optimizer(settings: &Train, parameters: &[Tensor], weight_decay: f64) -> Box<dyn Optimizer> {
    match settings.optimizer {
        OptimizerKind::Adam => Box::new(Adam::new(parameters, weight_decay)),
        OptimizerKind::Sgd => Box::new(Sgd::new(parameters, settings.momentum, weight_decay)),
    }
}
