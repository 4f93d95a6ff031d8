//! Normalisation of the gates' input over examples.

use swanbench_core::{State, StateError};
use tch::{Device, Kind, Tensor};

/// What PyTorch adds to a variance before it divides by its root.
const EPSILON: f64 = 1e-5;
/// Weight of a batch's statistics in the running ones: PyTorch's default.
const MOMENTUM: f64 = 0.1;

/// Batch normalisation without scale and shift: by the batch's mean and variance in training, by
/// their running means in evaluation.
pub struct Normalisation {
    mean: Tensor,
    variance: Tensor,
}

impl Normalisation {
    /// Creates running means of zero and variances of one.
    pub fn new(features: i64, device: Device) -> Self {
        let options = (Kind::Float, device);
        Self {
            mean: Tensor::zeros([features], options),
            variance: Tensor::ones([features], options),
        }
    }

    /// Normalises `input`, `[examples, features]`.
    pub fn apply(&mut self, input: &Tensor, training: bool) -> Tensor {
        // One example has no variance.
        let training = training && input.size()[0] > 1;
        input.batch_norm::<&Tensor>(
            None,
            None,
            Some(&self.mean),
            Some(&self.variance),
            training,
            MOMENTUM,
            EPSILON,
            true,
        )
    }

    /// Keeps the running statistics as part of a state.
    pub fn keep(&self, name: &str, state: &mut State) {
        state.keep_all(name, [&self.mean, &self.variance]);
    }

    /// Restores what [`keep`](Self::keep) kept.
    ///
    /// Returns an error if the state has no such statistics.
    pub fn restore(&mut self, name: &str, state: &State) -> Result<(), StateError> {
        state.restore_all(name, [&mut self.mean, &mut self.variance])
    }
}
