//! Adam (Kingma and Ba 2015) with PyTorch's defaults.

use tch::{Device, Kind, Tensor};

use super::{Optimizer, shared, zeros_like};
use crate::{
    TorchError,
    ffi::{self, AdamStep},
};

/// Adam with beta = (0.9, 0.999), epsilon = 1e-8 and L2 weight decay added to the gradient, as in
/// `torch.optim.Adam`.
pub struct Adam {
    parameters: Vec<Tensor>,
    first_moments: Vec<Tensor>,
    second_moments: Vec<Tensor>,
    /// One number for each parameter, all in one tensor; and views of each.
    all_steps: Tensor,
    steps: Vec<Tensor>,
    weight_decay: f64,
}

impl Adam {
    /// Creates an optimizer with moments of zero. The parameters share memory with those given.
    pub fn new(parameters: &[Tensor], weight_decay: f64) -> Self {
        // On the CPU the step counts stay on the CPU; the CUDA kernel reads them on the device.
        let device = parameters.first().map_or(Device::Cpu, Tensor::device);
        let count = parameters.len() as i64;
        let all_steps = Tensor::zeros([count], (Kind::Float, device));
        Self {
            first_moments: zeros_like(parameters),
            second_moments: zeros_like(parameters),
            steps: (0..count).map(|position| all_steps.select(0, position)).collect(),
            all_steps,
            parameters: shared(parameters),
            weight_decay,
        }
    }
}

impl Optimizer for Adam {
    fn step(&mut self, learning_rate: f64) -> Result<(), TorchError> {
        ffi::fused_adam(
            &self.parameters,
            &self.first_moments,
            &self.second_moments,
            &self.steps,
            &self.all_steps,
            &AdamStep {
                learning_rate,
                beta1: 0.9,
                beta2: 0.999,
                weight_decay: self.weight_decay,
                epsilon: 1e-8,
            },
        )
    }

    fn drop_gradients(&mut self) -> Result<(), TorchError> {
        ffi::drop_gradients(&self.parameters)
    }

    fn moments(&self) -> Vec<(Tensor, Vec<Tensor>)> {
        let moments = shared(&self.first_moments).into_iter().zip(shared(&self.second_moments));
        shared(&self.parameters).into_iter().zip(moments.map(|(one, two)| vec![one, two])).collect()
    }

    fn state(&self) -> Vec<Tensor> {
        [&self.first_moments, &self.second_moments, &self.steps]
            .into_iter()
            .flat_map(|tensors| shared(tensors))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fifty steps on f(x) = sum `a_i` `x_i^2` / 2, against Adam written out in float64.
    #[test]
    fn fifty_steps_agree_with_a_float64_reference() {
        let curvature = [0.3f64, 1.0, 4.0];
        let (rate, beta1, beta2, epsilon, decay) = (0.05, 0.9, 0.999, 1e-8, 0.01);
        let mut expected = [1.0f64, -2.0, 0.5];
        let (mut first, mut second) = ([0.0f64; 3], [0.0f64; 3]);

        let parameter = Tensor::from_slice(&[1.0f32, -2.0, 0.5]).set_requires_grad(true);
        let scale = Tensor::from_slice(&[0.3f32, 1.0, 4.0]);
        let mut adam = Adam::new(&[parameter.shallow_clone()], decay);
        for step in 1..=50 {
            adam.drop_gradients().unwrap();
            (&scale * parameter.square() * 0.5).sum(Kind::Float).backward();
            adam.step(rate).unwrap();
            for i in 0..3 {
                let gradient = curvature[i] * expected[i] + decay * expected[i];
                first[i] = beta1 * first[i] + (1.0 - beta1) * gradient;
                second[i] = beta2 * second[i] + (1.0 - beta2) * gradient * gradient;
                let corrected = first[i] / (1.0 - beta1.powi(step));
                let spread = (second[i] / (1.0 - beta2.powi(step))).sqrt();
                expected[i] -= rate * corrected / (spread + epsilon);
            }
        }
        for (value, expected) in Vec::<f32>::try_from(&parameter).unwrap().iter().zip(expected) {
            assert!((f64::from(*value) - expected).abs() < 2e-5, "{value} against {expected}");
        }
    }

    #[test]
    fn a_copied_state_takes_the_same_next_step() {
        let start = || Tensor::from_slice(&[1.0f32, 2.0]).set_requires_grad(true);
        let take = |parameter: &Tensor, adam: &mut Adam| {
            adam.drop_gradients().unwrap();
            parameter.square().sum(Kind::Float).backward();
            adam.step(0.1).unwrap();
        };
        let first = start();
        let mut original = Adam::new(&[first.shallow_clone()], 0.0);
        take(&first, &mut original);

        let second = first.detach().copy().set_requires_grad(true);
        let mut restored = Adam::new(&[second.shallow_clone()], 0.0);
        for (mut target, source) in restored.state().into_iter().zip(original.state()) {
            target.copy_(&source);
        }
        take(&first, &mut original);
        take(&second, &mut restored);
        assert_eq!(first.detach(), second.detach());
    }

    #[test]
    fn forgotten_moments_are_zero_and_the_others_stay() {
        let parameter = Tensor::from_slice(&[1.0f32, 2.0]).set_requires_grad(true);
        let mut adam = Adam::new(&[parameter.shallow_clone()], 0.0);
        parameter.square().sum(Kind::Float).backward();
        adam.step(0.1).unwrap();
        adam.forget(&parameter, &Tensor::from_slice(&[0.0f32, 1.0]));
        for moments in &adam.state()[..2] {
            assert_eq!(moments.double_value(&[0]), 0.0);
            assert!(moments.double_value(&[1]) > 0.0);
        }
    }

    #[test]
    fn a_parameter_outside_the_graph_stays_as_it_is() {
        let used = Tensor::from_slice(&[1.0f32]).set_requires_grad(true);
        let unused = Tensor::from_slice(&[1.0f32]).set_requires_grad(true);
        let mut adam = Adam::new(&[unused.shallow_clone(), used.shallow_clone()], 0.1);
        used.sum(Kind::Float).backward();
        adam.step(0.1).unwrap();
        assert_eq!(unused.double_value(&[0]), 1.0);
        assert!(used.double_value(&[0]) < 0.91);
    }
}
