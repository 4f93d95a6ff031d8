//! Parts of penalties, each one node of the graph.

use tch::Tensor;

use crate::{TorchError, ffi};

/// Sums all elements of each tensor times the tensor's weight, and adds `constant`: one number.
///
/// # Errors
/// Returns an error if the tensors are on several devices or libtorch fails.
///
/// # Panics
/// Panics without tensors, or with another number of weights.
pub fn weighted_sum(
    tensors: &[&Tensor],
    weights: &[f64],
    constant: f64,
) -> Result<Tensor, TorchError> {
    assert!(!tensors.is_empty(), "there is something to sum");
    ffi::weighted_sum(tensors, weights, constant)
}

/// Computes `weight` times the mean of `max(0, value)^2` over all `values`: one number.
///
/// # Errors
/// Returns an error if libtorch fails, for example out of memory.
pub fn squared_hinge(values: &Tensor, weight: f64) -> Result<Tensor, TorchError> {
    ffi::squared_hinge(values, weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_count_with_their_tensors_weight() {
        let first = Tensor::from_slice(&[1.0f64, 2.0, 4.0]).set_requires_grad(true);
        let second = Tensor::from_slice2(&[[3.0f64], [5.0]]).set_requires_grad(true);
        let sum = weighted_sum(&[&first, &second], &[2.0, -0.5], 10.0).unwrap();
        assert_eq!((sum.size(), sum.double_value(&[])), (vec![], 10.0 + 14.0 - 4.0));
        (sum * 3.0).backward();
        assert_eq!(Vec::<f64>::try_from(first.grad()).unwrap(), [6.0; 3]);
        assert_eq!(Vec::<f64>::try_from(second.grad().flatten(0, -1)).unwrap(), [-1.5; 2]);
    }

    #[test]
    fn only_positive_values_count_and_have_gradients() {
        let values = Tensor::from_slice(&[-3.0f64, 0.0, 2.0, 4.0]).set_requires_grad(true);
        let squared = squared_hinge(&values, 3.0).unwrap();
        assert_eq!(squared.double_value(&[]), 15.0);
        (squared * 2.0).backward();
        assert_eq!(Vec::<f64>::try_from(values.grad()).unwrap(), [0.0, 0.0, 6.0, 12.0]);
    }
}
