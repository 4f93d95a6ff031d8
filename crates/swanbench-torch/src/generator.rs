//! Random numbers that belong to one run.

use tch::{Device, Kind, Tensor};

use crate::{TorchError, ffi::GeneratorHandle};

/// A random generator with its own state. libtorch's global one is never used, so that parallel
/// runs cannot influence each other.
pub struct Generator {
    handle: GeneratorHandle,
    device: Device,
}

impl Generator {
    /// Creates a generator on `device` with this seed.
    ///
    /// # Errors
    /// Returns an error if the device has no generators or does not exist.
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

    /// Returns the device of its numbers.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// Draws numbers uniform in `[low, high)`, float32.
    ///
    /// # Errors
    /// Returns an error if the range is empty or libtorch fails.
    pub fn uniform(&mut self, shape: &[i64], low: f64, high: f64) -> Result<Tensor, TorchError> {
        let mut tensor = self.empty(shape);
        self.handle.fill_uniform(&mut tensor, low, high)?;
        Ok(tensor)
    }

    /// Draws normal numbers, float32.
    ///
    /// # Errors
    /// Returns an error if the deviation is negative or libtorch fails.
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

    /// Draws ones with this probability, zeros otherwise, float32.
    ///
    /// # Errors
    /// Returns an error if the probability is outside `[0, 1]` or libtorch fails.
    pub fn bernoulli(&mut self, shape: &[i64], probability: f64) -> Result<Tensor, TorchError> {
        let mut tensor = self.empty(shape);
        self.handle.fill_bernoulli(&mut tensor, probability)?;
        Ok(tensor)
    }

    /// Draws a random order of the numbers `0..count`, int64.
    ///
    /// # Errors
    /// Returns an error if the count is negative or libtorch fails.
    pub fn permutation(&mut self, count: i64) -> Result<Tensor, TorchError> {
        self.handle.permutation(count)
    }

    /// Returns the state as bytes.
    ///
    /// # Errors
    /// Returns an error if libtorch fails, for example out of memory.
    pub fn state(&self) -> Result<Tensor, TorchError> {
        self.handle.state()
    }

    /// Restores a state that [`Generator::state`] returned.
    ///
    /// # Errors
    /// Returns an error if `state` belongs to another kind of generator.
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
    fn generators_are_independent() {
        let mut first = Generator::new(Device::Cpu, 7).unwrap();
        let expected = draw(&mut first);
        let mut second = Generator::new(Device::Cpu, 7).unwrap();
        let mut other = Generator::new(Device::Cpu, 8).unwrap();
        assert_ne!(draw(&mut other), expected);
        assert_eq!(draw(&mut second), expected);
    }

    #[test]
    fn a_restored_state_continues_at_its_position() {
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
    fn an_impossible_probability_is_an_error() {
        let error = Generator::new(Device::Cpu, 0).unwrap().bernoulli(&[1], 2.0).unwrap_err();
        assert!(error.to_string().starts_with("libtorch could not draw coin flips: "), "{error}");
    }
}
