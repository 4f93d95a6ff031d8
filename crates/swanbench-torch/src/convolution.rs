//! Convolutions of square kernels.

use tch::{Device, Kind, Tensor};

/// Convolves `[examples, inputs, height, width]` with a weight `[outputs, inputs, kernel, kernel]`.
pub fn convolution(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    stride: i64,
    padding: i64,
) -> Tensor {
    let size = weight.size();
    if size[1] == 1 && stride == 1 && size[3] > 1 && !input.requires_grad() && is_plain(weight) {
        return of_one_channel(input, weight, bias, padding);
    }
    if stride > 1 && padding == 0 && size[2..] == [1, 1] && !has_avx512() {
        // oneDNN 3.10 writes beyond its buffer in the gradient of such a weight with AVX2, if the
        // channels are no multiple of 8. Reading every second position first is the same sum.
        let read = input.slice(2, None, None, stride).slice(3, None, None, stride);
        return read.conv2d(weight, bias, [1; 2], [0; 2], [1; 2], 1);
    }
    input.conv2d(weight, bias, [stride; 2], [padding; 2], [1; 2], 1)
}

/// Convolves images of one channel, whose gradient nobody needs. oneDNN computes such a layer one value
/// at a time; as many channels as the kernel is wide, each the images shifted by one more column, are
/// the same sums at two to three times the speed, gradients of the weight included.
fn of_one_channel(images: &Tensor, weight: &Tensor, bias: Option<&Tensor>, padding: i64) -> Tensor {
    let kernel = weight.size()[3];
    // [examples, height, columns, kernel], and the weight [outputs, kernel, kernel, 1].
    let padded = match padding {
        0 => images.shallow_clone(),
        _ => images.constant_pad_nd([padding, padding]),
    };
    let shifted = padded.squeeze_dim(1).unfold(2, kernel, 1).contiguous().permute([0, 3, 1, 2]);
    let weight = weight.permute([0, 3, 2, 1]);
    shifted.conv2d(&weight, bias, [1; 2], [padding, 0], [1; 2], 1)
}

/// Returns whether oneDNN computes layers of this weight.
fn is_plain(weight: &Tensor) -> bool {
    weight.device() == Device::Cpu && weight.kind() == Kind::Float
}

fn has_avx512() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512f");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Generator;

    #[test]
    fn images_of_one_channel_have_their_convolution() {
        let mut generator = Generator::new(Device::Cpu, 0).unwrap();
        let mut draw = |shape: &[i64]| generator.normal(shape, 0.0, 1.0).unwrap();
        for (kernel, padding) in [(5, 0), (3, 1)] {
            let (images, weight) = (draw(&[3, 1, 9, 8]), draw(&[4, 1, kernel, kernel]));
            let (bias, probe) = (draw(&[4]), draw(&[3, 4, 9, 8]));
            let run = |ours: bool| {
                let weight = weight.copy().set_requires_grad(true);
                let output = if ours {
                    convolution(&images, &weight, Some(&bias), 1, padding)
                } else {
                    images.conv2d(&weight, Some(&bias), [1; 2], [padding; 2], [1; 2], 1)
                };
                let probe = probe.narrow(2, 0, output.size()[2]).narrow(3, 0, output.size()[3]);
                (&output * probe).sum(Kind::Float).backward();
                [output.detach(), weight.grad()]
            };
            for (found, expected) in run(true).iter().zip(&run(false)) {
                assert_eq!(found.size(), expected.size());
                assert!(found.allclose(expected, 1e-4, 1e-4, false), "{kernel}");
            }
        }
    }

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
