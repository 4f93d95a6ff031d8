//! Optimizers with one fused kernel call per step and their state in plain tensors.

mod adam;
mod sgd;

pub use adam::Adam;
pub use sgd::Sgd;
use tch::Tensor;

use crate::TorchError;

/// An update rule for a group of parameters.
///
/// A parameter without a gradient (no part of the loss depends on it) does not change, as in
/// PyTorch.
pub trait Optimizer: Send {
    /// Takes one step with this learning rate.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    fn step(&mut self, learning_rate: f64) -> Result<(), TorchError>;

    /// Drops the gradients, so that the next backward pass starts without.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    fn drop_gradients(&mut self) -> Result<(), TorchError>;

    /// Forgets the moments of those elements of `parameter` where `kept`, of its shape, is zero. Does
    /// nothing if the parameter is not one of the group's.
    fn forget(&mut self, parameter: &Tensor, kept: &Tensor) {
        let _no_graph = tch::no_grad_guard();
        for (own, moments) in self.moments() {
            if own.data_ptr() == parameter.data_ptr() {
                for mut moment in moments {
                    let _ = moment.g_mul_(kept);
                }
            }
        }
    }

    /// Returns the parameters, each with its moments. All share memory with the optimizer.
    fn moments(&self) -> Vec<(Tensor, Vec<Tensor>)>;

    /// Returns the state tensors, in an order that depends on the parameters only. They share
    /// memory with the optimizer: copy into them to restore a state.
    fn state(&self) -> Vec<Tensor>;
}

fn shared(tensors: &[Tensor]) -> Vec<Tensor> {
    tensors.iter().map(Tensor::shallow_clone).collect()
}

fn zeros_like(tensors: &[Tensor]) -> Vec<Tensor> {
    tensors.iter().map(|tensor| tensor.detach().zeros_like()).collect()
}
