//! The number format in which layers compute.

use std::marker::PhantomData;

use tch::Device;

use crate::{TorchError, ffi};

/// A guard while whose life layers in this thread use bfloat16 copies of their inputs and weights,
/// and operations that need 32 bits use those, as under `torch.autocast`.
pub struct Bfloat16 {
    cuda: bool,
    /// The flag belongs to the thread.
    not_send: PhantomData<*const ()>,
}

impl Bfloat16 {
    /// Switches to bfloat16 for layers on `device`.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    pub fn on(device: Device) -> Result<Self, TorchError> {
        let cuda = device.is_cuda();
        ffi::enter_bfloat16(cuda)?;
        Ok(Self { cuda, not_send: PhantomData })
    }
}

impl Drop for Bfloat16 {
    fn drop(&mut self) {
        // Only flags are reset, which does not fail.
        let _ = ffi::leave_bfloat16(self.cuda);
    }
}

#[cfg(test)]
mod tests {
    use tch::{Kind, Tensor};

    use super::*;

    #[test]
    fn layers_compute_in_bfloat16_under_the_guard() {
        // 257 has nine significant bits; bfloat16 has eight.
        let input = Tensor::from_slice(&[257.0f32]).view([1, 1]);
        let weight = Tensor::ones([1, 1], (Kind::Float, Device::Cpu)).set_requires_grad(true);
        let layer = || input.linear(&weight, None::<&Tensor>);
        assert_eq!(layer().double_value(&[0, 0]), 257.0);
        {
            let _bfloat16 = Bfloat16::on(Device::Cpu).unwrap();
            let output = layer();
            assert_eq!(output.kind(), Kind::BFloat16);
            assert_eq!(output.double_value(&[0, 0]), 256.0);
            output.sum(Kind::Float).backward();
        }
        assert_eq!(weight.grad().kind(), Kind::Float);
        assert_eq!(layer().double_value(&[0, 0]), 257.0);
    }

    #[test]
    fn a_changed_weight_is_cast_again() {
        let input = Tensor::ones([1, 1], (Kind::Float, Device::Cpu));
        let mut weight = Tensor::ones([1, 1], (Kind::Float, Device::Cpu)).set_requires_grad(true);
        for expected in [1.0, 2.0] {
            let output = {
                let _bfloat16 = Bfloat16::on(Device::Cpu).unwrap();
                input.linear(&weight, None::<&Tensor>).double_value(&[0, 0])
            };
            assert_eq!(output, expected);
            tch::no_grad(|| weight += 1.0);
        }
    }
}
