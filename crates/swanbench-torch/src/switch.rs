//! Gates with a hard value and a soft gradient.

use tch::Tensor;

use crate::{TorchError, ffi};

/// The parameters of a switch.
#[derive(Debug, Clone, Copy)]
pub struct Switch {
    /// Divides the logits.
    pub temperature: f64,
    /// The probability above which a gate is open.
    pub threshold: f64,
    /// What multiplies the output.
    pub by: Factor,
}

/// The gates that multiply an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// In (0, 1).
    Soft,
    /// In {0, 1}.
    Hard,
}

/// A switched output, and the gates, of the same shape as the logits.
#[derive(Debug)]
pub struct Switched {
    /// The output times the gates of its units.
    pub output: Tensor,
    /// `sigmoid(logits / temperature)`, in (0, 1).
    pub soft: Tensor,
    /// 1 where `soft` is above the threshold or the largest of its row, 0 elsewhere. It passes the
    /// gradient of `soft`, the straight-through estimator (Bengio, Léonard and Courville 2013), but
    /// no less than a twentieth of what it gets where the gate is open: so a budget can close gates
    /// whose sigmoid is saturated.
    pub hard: Tensor,
}

/// Switches the units of `output`, `[examples, units]` or `[examples, units, height, width]`, by
/// `logits`, `[examples, units]` or, for gates that all examples share, `[1, units]`. One node of
/// the graph.
///
/// Returns an error if the shapes do not fit each other or libtorch fails.
pub fn switch(logits: &Tensor, output: &Tensor, how: Switch) -> Result<Switched, TorchError> {
    let Switch { temperature, threshold, by } = how;
    let [output, soft, hard] =
        ffi::switch(logits, output, temperature, threshold, by == Factor::Hard)?;
    Ok(Switched { output, soft, hard })
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;
    use crate::Generator;

    const LOGITS: [f64; 3] = [-1.0, 0.5, 2.0];
    const TEMPERATURE: f64 = 2.0;

    fn numbers(tensor: &Tensor) -> Vec<f64> {
        Vec::try_from(tensor.flatten(0, -1)).unwrap()
    }

    fn sigmoid(logit: f64) -> f64 {
        1.0 / (1.0 + (-logit / TEMPERATURE).exp())
    }

    fn how(threshold: f64, by: Factor) -> Switch {
        Switch { temperature: TEMPERATURE, threshold, by }
    }

    fn logits() -> Tensor {
        Tensor::from_slice(&LOGITS).unsqueeze(0).set_requires_grad(true)
    }

    fn outputs() -> Tensor {
        Tensor::from_slice2(&[[3.0f64, 5.0, 7.0]])
    }

    #[test]
    fn values_are_the_sigmoid_and_its_threshold() {
        for by in [Factor::Soft, Factor::Hard] {
            let Switched { output, soft, hard } =
                switch(&logits(), &outputs(), how(0.6, by)).unwrap();
            for (soft, logit) in numbers(&soft).into_iter().zip(LOGITS) {
                assert!((soft - sigmoid(logit)).abs() < 1e-12);
            }
            // sigmoid(0.25) = 0.562
            assert_eq!(numbers(&hard), [0.0, 0.0, 1.0]);
            let factor = if by == Factor::Hard { hard } else { soft };
            assert_eq!(output, outputs() * factor);
        }
    }

    #[test]
    fn all_outputs_pass_the_gradient_of_the_sigmoid() {
        let gradient = |use_output: bool, use_soft: bool, use_hard: bool| {
            let logits = logits();
            let Switched { output, soft, hard } =
                switch(&logits, &outputs(), how(0.5, Factor::Hard)).unwrap();
            let mut sum = Tensor::zeros([], (Kind::Double, logits.device()));
            for (part, used) in
                [(output, use_output), (soft * outputs(), use_soft), (hard * outputs(), use_hard)]
            {
                if used {
                    sum += part.sum(Kind::Double);
                }
            }
            sum.backward();
            numbers(&logits.grad())
        };
        for (gradient, times) in [
            (gradient(true, false, false), 1.0),
            (gradient(false, true, false), 1.0),
            (gradient(false, false, true), 1.0),
            (gradient(false, true, true), 2.0),
            (gradient(true, true, true), 3.0),
        ] {
            for ((found, logit), output) in gradient.into_iter().zip(LOGITS).zip([3.0, 5.0, 7.0]) {
                let p = sigmoid(logit);
                let expected = times * output * p * (1.0 - p) / TEMPERATURE;
                assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
            }
        }
    }

    #[test]
    fn the_best_unit_of_every_example_stays_open() {
        let logits = Tensor::from_slice2(&[[-9.0f32, -8.0, -8.5], [-1.0, -2.0, 3.0]]);
        for shape in [&[2i64, 3][..], &[2, 3, 2, 2]] {
            let ones = Tensor::ones(shape, (Kind::Float, Device::Cpu));
            let Switched { output, hard, .. } =
                switch(&logits, &ones, how(0.5, Factor::Hard)).unwrap();
            assert_eq!(hard, Tensor::from_slice2(&[[0.0f32, 1.0, 0.0], [0.0, 0.0, 1.0]]));
            let open = output.reshape([2, 3, -1]).mean_dim(2i64, false, Kind::Float);
            assert_eq!(open, hard);
        }
    }

    #[test]
    fn a_budget_can_close_a_saturated_gate() {
        for shape in [&[1i64, 2][..], &[1, 2, 2, 2]] {
            let logits = Tensor::from_slice2(&[[100.0f32, -100.0]]).set_requires_grad(true);
            let ones = Tensor::ones(shape, (Kind::Float, Device::Cpu));
            let Switched { output, hard, .. } =
                switch(&logits, &ones, how(0.5, Factor::Hard)).unwrap();
            let open = hard.sum_dim_intlist(1i64, false, Kind::Float).sum(Kind::Float);
            (output.sum(Kind::Float) + open * 3.0).backward();
            let gradient = numbers(&logits.grad().to_kind(Kind::Double));
            assert!((gradient[0] - 3.0 * 0.05 / TEMPERATURE).abs() < 1e-6, "{gradient:?}");
            assert!(gradient[1].abs() < 1e-9, "the sigmoid's own: {gradient:?}");
        }
    }

    /// Gates of every example or of all, units that are vectors or maps, in 32 and in 64 bits, each
    /// with and without a budget on the hard gates, against single operations.
    #[test]
    fn gradients_are_those_of_a_plain_product() {
        let mut generator = Generator::new(Device::Cpu, 0).unwrap();
        let mut draw = |shape: &[i64], kind| {
            let tensor = generator.normal(shape, 0.0, 1.0).unwrap().to_kind(kind);
            tensor.set_requires_grad(true)
        };
        let gates = [[4i64, 3], [1, 3]];
        let outputs = [(&[4i64, 3][..], false), (&[4, 3, 2, 5], false), (&[4, 3, 2, 5], true)];
        for (gates, outputs) in gates.iter().flat_map(|gates| outputs.map(|shape| (gates, shape))) {
            for (kind, budget) in [(Kind::Float, 0.0), (Kind::Float, 2.0), (Kind::Double, 2.0)] {
                let (outputs, channels_last) = outputs;
                let lay_out = |map: Tensor| {
                    if !channels_last {
                        return map;
                    }
                    map.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
                };
                let (logits, output) = (draw(gates, kind), draw(outputs, kind).detach());
                let output = lay_out(output).set_requires_grad(true);
                let weight = lay_out(draw(outputs, kind).detach());
                let switched = switch(&logits, &output, how(0.5, Factor::Soft)).unwrap();
                let mut loss = (switched.output * &weight).sum(kind);
                if budget > 0.0 {
                    loss += switched.hard.sum(kind) * budget;
                }
                loss.backward();
                let (ours_logits, ours_output) = (logits.grad().copy(), output.grad().copy());
                let _ = (logits.grad().zero_(), output.grad().zero_());
                let soft = (&logits / TEMPERATURE).sigmoid();
                let factor = match outputs.len() {
                    4 => soft.unsqueeze(-1).unsqueeze(-1),
                    _ => soft.shallow_clone(),
                };
                ((&output * factor * &weight).sum(kind) + soft.sum(kind) * budget).backward();
                assert!(ours_logits.allclose(&logits.grad(), 1e-5, 1e-5, false));
                assert!(ours_output.allclose(&output.grad(), 1e-5, 1e-5, false));
            }
        }
    }
}
