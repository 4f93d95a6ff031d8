//! Random numbers that belong to one run.

use std::ffi::c_int;

use tch::{Device, Kind, Tensor};
use torch_sys::C_tensor;

use super::{Message, TorchError, check, owned};

#[repr(C)]
struct RawGenerator {
    private: [u8; 0],
}

unsafe extern "C" {
    fn swanbench_generator_cpu(seed: u64, out: *mut *mut RawGenerator) -> Message;
    fn swanbench_generator_cuda(index: c_int, seed: u64, out: *mut *mut RawGenerator) -> Message;
    fn swanbench_generator_free(generator: *mut RawGenerator);
    fn swanbench_generator_state(generator: *mut RawGenerator, out: *mut *mut C_tensor) -> Message;
    fn swanbench_generator_restore(generator: *mut RawGenerator, state: *const C_tensor)
    -> Message;
    fn swanbench_fill_uniform(
        tensor: *mut C_tensor,
        low: f64,
        high: f64,
        generator: *mut RawGenerator,
    ) -> Message;
    fn swanbench_fill_normal(
        tensor: *mut C_tensor,
        mean: f64,
        deviation: f64,
        generator: *mut RawGenerator,
    ) -> Message;
    fn swanbench_fill_bernoulli(
        tensor: *mut C_tensor,
        probability: f64,
        generator: *mut RawGenerator,
    ) -> Message;
    fn swanbench_permutation(
        count: i64,
        generator: *mut RawGenerator,
        out: *mut *mut C_tensor,
    ) -> Message;
}

/// A random generator with its own state. libtorch's global one is never used, so that parallel
/// runs cannot influence each other.
pub struct Generator {
    raw: *mut RawGenerator,
    device: Device,
}

// Safety: the generator has no tie to the thread that made it. It is not `Sync`: drawing takes
// `&mut self`.
unsafe impl Send for Generator {}

impl Drop for Generator {
    fn drop(&mut self) {
        // Safety: made by the shim, freed once.
        unsafe { swanbench_generator_free(self.raw) }
    }
}

impl Generator {
    /// Creates a generator on `device` with this seed.
    ///
    /// Returns an error if the device has no generators or does not exist.
    pub fn new(device: Device, seed: u64) -> Result<Self, TorchError> {
        let action = "make a random generator";
        let mut raw = std::ptr::null_mut();
        // Safety: `raw` is written when the call succeeds.
        let message = match device {
            Device::Cpu => unsafe { swanbench_generator_cpu(seed, &raw mut raw) },
            Device::Cuda(index) => {
                let index = c_int::try_from(index).unwrap_or(c_int::MAX);
                unsafe { swanbench_generator_cuda(index, seed, &raw mut raw) }
            }
            Device::Mps | Device::Vulkan => {
                let message = format!("{device:?} is neither the CPU nor a CUDA device");
                return Err(TorchError { action, message });
            }
        };
        check(action, message)?;
        Ok(Self { raw, device })
    }

    /// Returns the device of its numbers.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Draws numbers uniform in `[low, high)`, float32.
    ///
    /// Returns an error if the range is empty or libtorch fails.
    pub fn uniform(&mut self, shape: &[i64], low: f64, high: f64) -> Result<Tensor, TorchError> {
        self.filled("draw uniform numbers", shape, |tensor, raw| {
            // Safety: both are valid for the call; likewise below.
            unsafe { swanbench_fill_uniform(tensor, low, high, raw) }
        })
    }

    /// Draws normal numbers, float32.
    ///
    /// Returns an error if the deviation is negative or libtorch fails.
    pub fn normal(
        &mut self,
        shape: &[i64],
        mean: f64,
        deviation: f64,
    ) -> Result<Tensor, TorchError> {
        self.filled("draw normal numbers", shape, |tensor, raw| unsafe {
            swanbench_fill_normal(tensor, mean, deviation, raw)
        })
    }

    /// Draws ones with this probability, zeros otherwise, float32.
    ///
    /// Returns an error if the probability is outside `[0, 1]` or libtorch fails.
    pub fn bernoulli(&mut self, shape: &[i64], probability: f64) -> Result<Tensor, TorchError> {
        self.filled("draw coin flips", shape, |tensor, raw| unsafe {
            swanbench_fill_bernoulli(tensor, probability, raw)
        })
    }

    /// Draws a random order of the numbers `0..count`, int64.
    ///
    /// Returns an error if the count is negative or libtorch fails.
    pub fn permutation(&mut self, count: i64) -> Result<Tensor, TorchError> {
        // Safety: a new tensor is written.
        unsafe { owned("draw a permutation", |out| swanbench_permutation(count, self.raw, out)) }
    }

    /// Returns the state as bytes.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    pub fn state(&self) -> Result<Tensor, TorchError> {
        // Safety: a new tensor is written.
        unsafe { owned("read a generator's state", |out| swanbench_generator_state(self.raw, out)) }
    }

    /// Restores a state that [`Generator::state`] returned.
    ///
    /// Returns an error if `state` belongs to another kind of generator.
    pub fn restore(&mut self, state: &Tensor) -> Result<(), TorchError> {
        // Safety: both are valid for the call.
        let message = unsafe { swanbench_generator_restore(self.raw, state.as_ptr()) };
        check("restore a generator's state", message)
    }

    fn filled(
        &mut self,
        action: &'static str,
        shape: &[i64],
        fill: impl FnOnce(*mut C_tensor, *mut RawGenerator) -> Message,
    ) -> Result<Tensor, TorchError> {
        let mut tensor = Tensor::empty(shape, (Kind::Float, self.device));
        check(action, fill(tensor.as_mut_ptr(), self.raw))?;
        Ok(tensor)
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
