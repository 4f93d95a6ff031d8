//! Stochastic gradient descent with momentum.

use tch::Tensor;

use super::{Optimizer, shared, zeros_like};
use crate::{TorchError, ffi};

/// `torch.optim.SGD`: momentum without dampening, L2 weight decay added to the gradient.
pub struct Sgd {
    parameters: Vec<Tensor>,
    momenta: Vec<Tensor>,
    momentum: f64,
    weight_decay: f64,
}

impl Sgd {
    /// Creates an optimizer with momenta of zero. The parameters share memory with those given.
    pub fn new(parameters: &[Tensor], momentum: f64, weight_decay: f64) -> Self {
        Self {
            momenta: zeros_like(parameters),
            parameters: shared(parameters),
            momentum,
            weight_decay,
        }
    }
}

impl Optimizer for Sgd {
    fn step(&mut self, learning_rate: f64) -> Result<(), TorchError> {
        ffi::fused_sgd(
            &self.parameters,
            &self.momenta,
            learning_rate,
            self.momentum,
            self.weight_decay,
        )
    }

    fn drop_gradients(&mut self) -> Result<(), TorchError> {
        ffi::drop_gradients(&self.parameters)
    }

    fn moments(&self) -> Vec<(Tensor, Vec<Tensor>)> {
        let momenta = shared(&self.momenta).into_iter().map(|momentum| vec![momentum]);
        shared(&self.parameters).into_iter().zip(momenta).collect()
    }

    fn state(&self) -> Vec<Tensor> {
        shared(&self.momenta)
    }
}

#[cfg(test)]
mod tests {
    use tch::Kind;

    use super::*;

    #[test]
    fn two_steps_with_momentum_and_decay_by_hand() {
        let parameter = Tensor::from_slice(&[1.0f32]).set_requires_grad(true);
        let mut sgd = Sgd::new(&[parameter.shallow_clone()], 0.5, 0.1);
        let mut take = || {
            sgd.drop_gradients().unwrap();
            (&parameter * 2.0).sum(Kind::Float).backward();
            sgd.step(0.1).unwrap();
            parameter.double_value(&[0])
        };
        // gradient 2 + 0.1 * 1 = 2.1; velocity 2.1; 1 - 0.21
        assert!((take() - 0.79).abs() < 1e-6);
        // gradient 2 + 0.1 * 0.79 = 2.079; velocity 0.5 * 2.1 + 2.079 = 3.129; 0.79 - 0.3129
        assert!((take() - 0.4771).abs() < 1e-6);
    }
}
