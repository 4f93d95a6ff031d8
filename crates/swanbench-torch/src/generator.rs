//! Random numbers that belong to one run.

use tch::{Device, Kind, Tensor};

use crate::{TorchError, ffi::GeneratorHandle};

/// A generator of its own state; libtorch's global one is never drawn from, so that runs side by
/// side cannot disturb each other.
pub struct Generator {
    handle: GeneratorHandle,
    device: Device,
}

impl Generator {
    /// A generator on `device` with this seed.
    ///
    /// # Errors
    /// If the device has no generators: no such CUDA device, or one of another kind.
    pub fn new(device: Device, seed: u64) -> Result<Self, TorchError> {
        let cuda_index = match device {
            Device::Cpu => None,
            Device::Cuda(index) => Some(index),
            Device::Mps | Device::Vulkan => {
                return Err(TorchError {
                    action: "make a random generator",
                    message: format!("{device:?} is neither the CPU nor a CUDA device"),
                });
            }
        };
        Ok(Self { handle: GeneratorHandle::new(cuda_index, seed)?, device })
    }

    /// Where its numbers are made.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// Numbers uniform in `[low, high)`, float32.
    ///
    /// # Errors
    /// What libtorch refuses: an empty range, too little memory.
    pub fn uniform(&mut self, shape: &[i64], low: f64, high: f64) -> Result<Tensor, TorchError> {
        let mut tensor = self.empty(shape);
        self.handle.fill_uniform(&mut tensor, low, high)?;
        Ok(tensor)
    }

    /// Normal numbers, float32.
    ///
    /// # Errors
    /// What libtorch refuses: a negative deviation, too little memory.
    pub fn normal(
        &mut self,
        shape: &[i64],
        mean: f64,
        deviation: f64,
    ) -> Result<Tensor, TorchError> {
        let mut tensor = self.empty(shape);
        self.handle.fill_normal(&mut tensor, mean, deviation)?;
        Ok(tensor)
    }

    /// Ones with this probability, zeros otherwise, float32.
    ///
    /// # Errors
    /// What libtorch refuses: a probability outside `[0, 1]`, too little memory.
    pub fn bernoulli(&mut self, shape: &[i64], probability: f64) -> Result<Tensor, TorchError> {
        let mut tensor = self.empty(shape);
        self.handle.fill_bernoulli(&mut tensor, probability)?;
        Ok(tensor)
    }

    /// The numbers `0..count` in random order, int64.
    ///
    /// # Errors
    /// What libtorch refuses: a negative count, too little memory.
    pub fn permutation(&mut self, count: i64) -> Result<Tensor, TorchError> {
        self.handle.permutation(count)
    }

    /// All that decides what comes next, as bytes.
    ///
    /// # Errors
    /// What libtorch refuses.
    pub fn state(&self) -> Result<Tensor, TorchError> {
        self.handle.state()
    }

    /// Goes back to where [`Generator::state`] was taken.
    ///
    /// # Errors
    /// If `state` comes from another kind of generator.
    pub fn restore(&mut self, state: &Tensor) -> Result<(), TorchError> {
        self.handle.restore(state)
    }

    fn empty(&self, shape: &[i64]) -> Tensor {
        Tensor::empty(shape, (Kind::Float, self.device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(generator: &mut Generator) -> Vec<f32> {
        Vec::try_from(generator.uniform(&[5], 0.0, 1.0).unwrap()).unwrap()
    }

    #[test]
    fn a_seed_gives_its_numbers_whatever_else_draws() {
        let mut first = Generator::new(Device::Cpu, 7).unwrap();
        let expected = draw(&mut first);
        let mut second = Generator::new(Device::Cpu, 7).unwrap();
        let mut other = Generator::new(Device::Cpu, 8).unwrap();
        assert_ne!(draw(&mut other), expected);
        assert_eq!(draw(&mut second), expected);
    }

    #[test]
    fn a_restored_state_continues_where_it_was_taken() {
        let mut generator = Generator::new(Device::Cpu, 1).unwrap();
        draw(&mut generator);
        let state = generator.state().unwrap();
        let expected = draw(&mut generator);
        generator.restore(&state).unwrap();
        assert_eq!(draw(&mut generator), expected);
    }

    #[test]
    fn a_permutation_holds_every_number_once() {
        let mut generator = Generator::new(Device::Cpu, 3).unwrap();
        let mut order = Vec::<i64>::try_from(generator.permutation(100).unwrap()).unwrap();
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn an_impossible_probability_is_an_error_in_words() {
        let error = Generator::new(Device::Cpu, 0).unwrap().bernoulli(&[1], 2.0).unwrap_err();
        assert!(error.to_string().starts_with("libtorch could not draw coin flips: "), "{error}");
    }
}
