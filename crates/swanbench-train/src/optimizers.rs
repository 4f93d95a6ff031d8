//! The optimizers of the weights and of the method's own parameters.

use swanbench_core::{ParameterGroup, Parameters, State, StateError};
use swanbench_spec::{Learner, OptimizerKind, Train};
use swanbench_torch::{Adam, Optimizer, Sgd, TorchError};
use tch::Tensor;

/// The optimizers of a stage, all stepping together.
pub struct Optimizers {
    groups: Vec<Group>,
}

struct Group {
    optimizer: Box<dyn Optimizer>,
    /// Its learning rate relative to that of the weights.
    lr_scale: f64,
}

impl Optimizers {
    /// Creates optimizers for the weights and for the method's `groups`, which have no weight
    /// decay. Adjacent groups with the same learning rate share one. Where weights do not learn,
    /// their rate is zero.
    pub fn new(
        settings: &Train,
        weights: &Parameters,
        groups: &[ParameterGroup],
        learner: Learner,
    ) -> Self {
        let optimizer_of_weights = optimizer(settings, weights.trained(), settings.weight_decay);
        let lr_scale = match learner {
            Learner::All => 1.0,
            Learner::Gates => 0.0,
        };
        let weights = Group { optimizer: optimizer_of_weights, lr_scale };
        let own = groups.chunk_by(|one, next| one.lr_scale == next.lr_scale).map(|together| {
            let parameters = together.iter().flat_map(|group| &group.parameters);
            let parameters: Vec<Tensor> = parameters.map(Tensor::shallow_clone).collect();
            let lr_scale = together[0].lr_scale;
            Group { optimizer: optimizer(settings, &parameters, 0.0), lr_scale }
        });
        Self { groups: std::iter::once(weights).chain(own).collect() }
    }

    /// Takes one step of every group; `learning_rate` is that of the weights.
    pub fn step(&mut self, learning_rate: f64) -> Result<(), TorchError> {
        let mut groups = self.groups.iter_mut();
        groups.try_for_each(|group| group.optimizer.step(learning_rate * group.lr_scale))
    }

    /// Forgets moments, as [`Optimizer::forget`] does.
    pub fn forget(&mut self, parameter: &Tensor, kept: &Tensor) {
        for group in &mut self.groups {
            group.optimizer.forget(parameter, kept);
        }
    }

    /// Copies the state of every group.
    pub fn state(&self) -> State {
        let mut state = State::default();
        for (index, group) in self.groups.iter().enumerate() {
            state.keep_all(&index.to_string(), &group.optimizer.state());
        }
        state
    }

    /// Restores what [`Optimizers::state`] returned.
    pub fn restore(&mut self, state: &State) -> Result<(), StateError> {
        for (index, group) in self.groups.iter().enumerate() {
            state.restore_all(&index.to_string(), &mut group.optimizer.state())?;
        }
        Ok(())
    }

    /// Drops the gradients of every group.
    pub fn drop_gradients(&mut self) -> Result<(), TorchError> {
        self.groups.iter_mut().try_for_each(|group| group.optimizer.drop_gradients())
    }
}

fn optimizer(settings: &Train, parameters: &[Tensor], weight_decay: f64) -> Box<dyn Optimizer> {
    match settings.optimizer {
        OptimizerKind::Adam => Box::new(Adam::new(parameters, weight_decay)),
        OptimizerKind::Sgd => Box::new(Sgd::new(parameters, settings.momentum, weight_decay)),
    }
}
