//! The memory format of images.
//!
//! On the CPU images are channels last, the format in which oneDNN's convolutions and libtorch's
//! poolings are fastest; feature maps keep the format of the images that they are computed from. On
//! CUDA, kernels for 32 bits prefer contiguous planes. Shapes are `[n, channels, rows, columns]` in
//! both formats.

use tch::{Device, TchError, Tensor};

/// Converts images into the memory format of their device.
///
/// Returns an error if libtorch fails, for example out of memory.
pub(crate) fn convert(images: &Tensor) -> Result<Tensor, TchError> {
    match images.device() {
        Device::Cpu => {
            let by_pixel = images.f_permute([0, 2, 3, 1])?;
            // A single channel keeps any stride; by way of one dimension it gets its own.
            channels_last(&by_pixel.f_reshape([-1])?.f_view(by_pixel.size().as_slice())?)
        }
        _ => images.f_contiguous(),
    }
}

/// Selects the images at `positions`, `i64 [b]`, in the memory format of `images`.
pub(crate) fn select(images: &Tensor, positions: &Tensor) -> Tensor {
    let by_pixel = images.permute([0, 2, 3, 1]);
    if by_pixel.is_contiguous() {
        channels_last(&by_pixel.index_select(0, positions)).expect("an image has three dimensions")
    } else {
        images.index_select(0, positions)
    }
}

/// Moves pixels within each image, in the memory format of `images`. `from` holds for each pixel
/// the position `row * columns + column` that it is read from, `i64 [n, rows, columns]`.
pub(crate) fn gather_pixels(images: &Tensor, from: &Tensor) -> Tensor {
    let [count, channels, rows, columns] =
        images.size().try_into().expect("a batch of images has four dimensions");
    let pixels = rows * columns;
    let by_pixel = images.permute([0, 2, 3, 1]);
    if by_pixel.is_contiguous() {
        let from = from.view([count, pixels, 1]).expand([count, pixels, channels], false);
        let moved = by_pixel.flatten(1, 2).gather(1, &from, false);
        let moved = moved.view([count, rows, columns, channels]);
        channels_last(&moved).expect("an image has three dimensions")
    } else {
        let from = from.view([count, 1, pixels]).expand([count, channels, pixels], false);
        images.flatten(2, 3).gather(2, &from, false).view_as(images)
    }
}

/// Views `[n, rows, columns, channels]` as `[n, channels, rows, columns]`.
fn channels_last(by_pixel: &Tensor) -> Result<Tensor, TchError> {
    by_pixel.f_permute([0, 3, 1, 2])
}

#[cfg(test)]
mod tests {
    use tch::Kind;

    use super::*;

    /// Two images of two channels, 1x3 pixels, contiguous planes.
    fn planes() -> Tensor {
        Tensor::arange(12, (Kind::Float, Device::Cpu)).view([2, 2, 1, 3])
    }

    #[test]
    fn images_on_the_cpu_are_channels_last() {
        let images = convert(&planes()).unwrap();
        assert_eq!(images, planes());
        assert_eq!(images.stride(), [6, 1, 6, 2]);
        // Also with one channel, so that convolutions take the format from the images.
        let grey = convert(&planes().view([4, 1, 1, 3])).unwrap();
        assert_eq!(grey.stride()[1], 1);
    }

    #[test]
    fn both_formats_hold_the_same_images() {
        let positions = Tensor::from_slice(&[1_i64, 0, 1]);
        let from = Tensor::from_slice(&[2_i64, 1, 0, 0, 0, 1]).view([2, 1, 3]);
        for images in [planes(), convert(&planes()).unwrap()] {
            let selected = select(&images, &positions);
            assert_eq!(selected, planes().index_select(0, &positions));
            let moved = gather_pixels(&images, &from);
            let first = Tensor::from_slice(&[2f32, 1., 0., 5., 4., 3.]).view([2, 1, 3]);
            assert_eq!(moved.get(0), first);
            for made in [selected, moved] {
                assert_eq!(made.stride()[1], images.stride()[1], "the format is kept");
            }
        }
    }
}
