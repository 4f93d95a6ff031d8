//! Initial parameters, equal in distribution to PyTorch's defaults.
//!
//! tch's own layers start 2.45 times wider than PyTorch's, so every parameter is initialised here.
//! Numbers are drawn on the CPU and then moved: a seed gives the same values on every device.

use tch::{Device, Kind, Tensor};

use crate::{Generator, TorchError};

/// Counts the inputs of one output of a weight `[out, in, ...]`: the product of all sizes but the
/// first.
pub fn fan_in(shape: &[i64]) -> i64 {
    shape.iter().skip(1).product()
}

/// Draws numbers uniform in `±1/sqrt(fan_in)`: the default of `torch.nn.Linear` and `Conv2d` for
/// weights (Kaiming uniform with a = sqrt(5)) and for biases, with the `fan_in` of the weight.
///
/// Returns an error if libtorch fails, for example out of memory.
pub fn fan_in_uniform(
    shape: &[i64],
    fan_in: i64,
    generator: &mut Generator,
    device: Device,
) -> Result<Tensor, TorchError> {
    let bound = 1.0 / (fan_in as f64).sqrt();
    Ok(generator.uniform(shape, -bound, bound)?.to_device(device))
}

/// Creates a tensor with one value everywhere: 1 for the scales of BatchNorm, 0 for its shifts.
pub fn constant(shape: &[i64], value: f64, device: Device) -> Tensor {
    Tensor::full(shape, value, (Kind::Float, device))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `torch.nn.Linear(784, 300)` and `Conv2d(20, 50, 5)`: bound `1/sqrt(fan_in)`, standard
    /// deviation bound/sqrt(3).
    #[test]
    fn bounds_and_moments_are_pytorchs() {
        let mut generator = Generator::new(Device::Cpu, 0).unwrap();
        for shape in [vec![300, 784], vec![50, 20, 5, 5]] {
            let fan_in = fan_in(&shape);
            let bound = 1.0 / (fan_in as f64).sqrt();
            let weight = fan_in_uniform(&shape, fan_in, &mut generator, Device::Cpu).unwrap();
            let largest = weight.abs().max().double_value(&[]);
            assert!(largest <= bound && largest > 0.999 * bound, "{largest} against {bound}");
            let deviation = weight.std(true).double_value(&[]);
            assert!((deviation * 3f64.sqrt() / bound - 1.0).abs() < 0.01, "{deviation}");
            let mean = weight.mean(Kind::Double).double_value(&[]);
            assert!(mean.abs() < 4.0 * deviation / (weight.numel() as f64).sqrt(), "{mean}");
        }
        assert_eq!(fan_in(&[50, 20, 5, 5]), 500);
    }
}
