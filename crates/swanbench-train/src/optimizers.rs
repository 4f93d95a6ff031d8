//! The optimizer of the weights, and those of what the method trains beside them.

use swanbench_core::{ParameterGroup, Parameters, State, StateError};
use swanbench_spec::{OptimizerKind, Train};
use swanbench_torch::{Adam, Optimizer, Sgd, TorchError};
use tch::Tensor;

/// One optimizer for each group, all stepping together.
pub struct Optimizers {
    groups: Vec<(Box<dyn Optimizer>, f64)>,
}

impl Optimizers {
    /// Fresh state for the weights and for the method's `groups`, which have no weight decay. Those
    /// that learn at the same rate take their step together.
    pub fn new(settings: &Train, weights: &Parameters, groups: &[ParameterGroup]) -> Self {
        let weights = (optimizer(settings, weights.trained(), settings.weight_decay), 1.0);
        let own = groups.chunk_by(|one, next| one.lr_scale == next.lr_scale).map(|together| {
            let parameters = together.iter().flat_map(|group| &group.parameters);
            let parameters: Vec<Tensor> = parameters.map(Tensor::shallow_clone).collect();
            (optimizer(settings, &parameters, 0.0), together[0].lr_scale)
        });
        Self { groups: std::iter::once(weights).chain(own).collect() }
    }

    /// One step of every group; `learning_rate` is that of the weights.
    pub fn step(&mut self, learning_rate: f64) -> Result<(), TorchError> {
        self.groups.iter_mut().try_for_each(|(group, factor)| group.step(learning_rate * *factor))
    }

    /// The state of every group.
    pub fn state(&self) -> State {
        let mut state = State::default();
        for (index, (group, _)) in self.groups.iter().enumerate() {
            state.keep_all(&index.to_string(), &group.state());
        }
        state
    }

    /// Takes back what [`Optimizers::state`] gave.
    pub fn restore(&mut self, state: &State) -> Result<(), StateError> {
        for (index, (group, _)) in self.groups.iter_mut().enumerate() {
            state.restore_all(&index.to_string(), &mut group.state())?;
        }
        Ok(())
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
