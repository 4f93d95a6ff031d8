//! The straight-through estimator.

use tch::Tensor;

/// Has the value of `hard` and the gradient of `soft` (Bengio, Léonard and Courville 2013):
/// `soft + stop_gradient(hard - soft)`. Both have the same shape.
pub fn straight_through(soft: &Tensor, hard: &Tensor) -> Tensor {
    soft + (hard - soft).detach()
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn the_value_is_hard_and_the_gradient_is_that_of_the_sigmoid() {
        let logit = Tensor::from_slice(&[-1.0f64, 0.5, 2.0]).set_requires_grad(true);
        let soft = logit.sigmoid();
        let hard = soft.gt(0.5).to_kind(Kind::Double);
        let gate = straight_through(&soft, &hard);
        let weight = Tensor::from_slice(&[3.0f64, 5.0, 7.0]).to_device(Device::Cpu);
        (&gate * &weight).sum(Kind::Double).backward();

        assert_eq!(Vec::<f64>::try_from(&gate).unwrap(), [0.0, 1.0, 1.0]);
        let gradient = Vec::<f64>::try_from(logit.grad()).unwrap();
        for ((gradient, logit), weight) in
            gradient.iter().zip([-1.0f64, 0.5, 2.0]).zip([3.0, 5.0, 7.0])
        {
            let p = 1.0 / (1.0 + (-logit).exp());
            assert!((gradient - weight * p * (1.0 - p)).abs() < 1e-12);
        }
    }
}
