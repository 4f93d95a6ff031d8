//! Gates that are soft for the gradient and hard for the value.

use tch::Tensor;

use crate::{TorchError, ffi};

/// Gates of the same shape as the logits that they come from.
#[derive(Debug)]
pub struct Switched {
    /// `sigmoid(logits / temperature)`, in (0, 1).
    pub soft: Tensor,
    /// 1 where `soft` is above the threshold, 0 elsewhere, with the gradient of `soft`: the
    /// straight-through estimator (Bengio, Léonard and Courville 2013).
    pub hard: Tensor,
}

/// Switches by `logits`.
///
/// # Errors
/// What libtorch refuses, for example too little memory.
pub fn switch(logits: &Tensor, temperature: f64, threshold: f64) -> Result<Switched, TorchError> {
    let (soft, hard) = ffi::switch(logits, temperature, threshold)?;
    Ok(Switched { soft, hard })
}

#[cfg(test)]
mod tests {
    use tch::Kind;

    use super::*;

    const LOGITS: [f64; 3] = [-1.0, 0.5, 2.0];
    const TEMPERATURE: f64 = 2.0;

    fn numbers(tensor: &Tensor) -> Vec<f64> {
        Vec::try_from(tensor).unwrap()
    }

    fn sigmoid(logit: f64) -> f64 {
        1.0 / (1.0 + (-logit / TEMPERATURE).exp())
    }

    #[test]
    fn values_are_the_sigmoid_and_whether_it_is_above_the_threshold() {
        let Switched { soft, hard } =
            switch(&Tensor::from_slice(&LOGITS), TEMPERATURE, 0.6).unwrap();
        for (soft, logit) in numbers(&soft).into_iter().zip(LOGITS) {
            assert!((soft - sigmoid(logit)).abs() < 1e-12);
        }
        // sigmoid(0.25) = 0.562
        assert_eq!(numbers(&hard), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn both_pass_the_gradient_of_the_sigmoid() {
        let weights = Tensor::from_slice(&[3.0f64, 5.0, 7.0]);
        let gradient = |use_soft: bool, use_hard: bool| {
            let logits = Tensor::from_slice(&LOGITS).set_requires_grad(true);
            let Switched { soft, hard } = switch(&logits, TEMPERATURE, 0.5).unwrap();
            let mut sum = Tensor::zeros([], (Kind::Double, logits.device()));
            for (gate, used) in [(soft, use_soft), (hard, use_hard)] {
                if used {
                    sum += (gate * &weights).sum(Kind::Double);
                }
            }
            sum.backward();
            numbers(&logits.grad())
        };
        for (gradient, times) in [
            (gradient(true, false), 1.0),
            (gradient(false, true), 1.0),
            (gradient(true, true), 2.0),
        ] {
            for ((found, logit), weight) in gradient.into_iter().zip(LOGITS).zip([3.0, 5.0, 7.0]) {
                let p = sigmoid(logit);
                let expected = times * weight * p * (1.0 - p) / TEMPERATURE;
                assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
            }
        }
    }
}
