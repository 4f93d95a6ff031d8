//! Convolutions of square kernels.

use tch::Tensor;

/// Convolves `[examples, inputs, height, width]` with a weight `[outputs, inputs, kernel, kernel]`.
pub fn convolution(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    stride: i64,
    padding: i64,
) -> Tensor {
    if stride > 1 && padding == 0 && weight.size()[2..] == [1, 1] && !has_avx512() {
        // oneDNN 3.10 writes beyond its buffer in the gradient of such a weight with AVX2, if the
        // channels are no multiple of 8. Reading every second position first is the same sum.
        let read = input.slice(2, None, None, stride).slice(3, None, None, stride);
        return read.conv2d(weight, bias, [1; 2], [0; 2], [1; 2], 1);
    }
    input.conv2d(weight, bias, [stride; 2], [padding; 2], [1; 2], 1)
}

fn has_avx512() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512f");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    /// Channels below, at, and between the widths of vector registers, channels last.
    #[test]
    fn a_strided_pointwise_convolution_has_its_gradients() {
        for (inputs, outputs) in [(4, 8), (3, 5), (8, 8), (12, 20)] {
            let values = |size: &[i64]| {
                let count = size.iter().product::<i64>();
                let values = Tensor::arange(count, (Kind::Float, Device::Cpu)).sin();
                values.reshape(size).set_requires_grad(true)
            };
            let (input, weight) = (values(&[32, inputs, 28, 28]), values(&[outputs, inputs, 1, 1]));
            let last = input.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
            let output = convolution(&last, &weight, None, 2, 0);
            output.square().sum(Kind::Float).backward();
            let read = input.detach().slice(2, None, None, 2).slice(3, None, None, 2);
            let pixels = read.permute([0, 2, 3, 1]).reshape([-1, inputs]);
            let matrix = weight.detach().reshape([outputs, inputs]);
            let expected = pixels.matmul(&matrix.tr()).tr().matmul(&pixels) * 2.0;
            let found = weight.grad().reshape([outputs, inputs]);
            let error = (found - &expected).abs().max() / expected.abs().max();
            assert!(error.double_value(&[]) < 1e-4, "{inputs} to {outputs} channels: {error}");
        }
    }
}
