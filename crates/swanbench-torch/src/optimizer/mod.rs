//! Optimizers as one fused kernel call a step, with their state in plain tensors.

mod adam;
mod sgd;

pub use adam::Adam;
pub use sgd::Sgd;
use tch::Tensor;

use crate::TorchError;

/// Updates a group of parameters from their gradients.
///
/// A parameter without a gradient (nothing it fed reached the loss) is left alone, as in PyTorch.
pub trait Optimizer: Send {
    /// Takes one step with this learning rate.
    ///
    /// # Errors
    /// What libtorch refuses.
    fn step(&mut self, learning_rate: f64) -> Result<(), TorchError>;

    /// Forgets the gradients, so that the next backward pass starts from none.
    ///
    /// # Errors
    /// What libtorch refuses.
    fn drop_gradients(&mut self) -> Result<(), TorchError>;

    /// The state tensors, in an order that is the same for the same parameters. They share memory
    /// with the optimizer: copy into them to restore a state.
    fn state(&self) -> Vec<Tensor>;
}

fn shared(tensors: &[Tensor]) -> Vec<Tensor> {
    tensors.iter().map(Tensor::shallow_clone).collect()
}

fn zeros_like(tensors: &[Tensor]) -> Vec<Tensor> {
    tensors.iter().map(|tensor| tensor.detach().zeros_like()).collect()
}
