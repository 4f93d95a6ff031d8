//! How images lie in memory.
//!
//! On the CPU all channels of a pixel lie side by side, the layout in which oneDNN's convolutions
//! and libtorch's poolings are fastest; feature maps keep the layout of the images that they come
//! from. On CUDA, kernels for 32 bits prefer whole planes. Shapes say nothing of it: images are
//! `[n, channels, rows, columns]` either way.

use tch::{Device, TchError, Tensor};

/// The same images in the layout of their device.
pub(crate) fn laid_out(images: &Tensor) -> Result<Tensor, TchError> {
    match images.device() {
        Device::Cpu => {
            let by_pixel = images.f_permute([0, 2, 3, 1])?;
            // A single channel has any stride that it is given: by way of a line it gets its own.
            channels_last(&by_pixel.f_reshape([-1])?.f_view(by_pixel.size().as_slice())?)
        }
        _ => images.f_contiguous(),
    }
}

/// The images at `positions`, `i64 [b]`, in the layout that `images` has.
pub(crate) fn select(images: &Tensor, positions: &Tensor) -> Tensor {
    let by_pixel = images.permute([0, 2, 3, 1]);
    if by_pixel.is_contiguous() {
        channels_last(&by_pixel.index_select(0, positions)).expect("an image has three dimensions")
    } else {
        images.index_select(0, positions)
    }
}

/// Images whose pixels come from other places of the same image, in the layout that `images` has.
/// `from` holds for each image and pixel the place `row * columns + column`, `i64 [n, rows,
/// columns]`.
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

/// `[n, rows, columns, channels]` as `[n, channels, rows, columns]`.
fn channels_last(by_pixel: &Tensor) -> Result<Tensor, TchError> {
    by_pixel.f_permute([0, 3, 1, 2])
}

#[cfg(test)]
mod tests {
    use tch::Kind;

    use super::*;

    /// Two images of two channels, 1x3 pixels, whole planes.
    fn planes() -> Tensor {
        Tensor::arange(12, (Kind::Float, Device::Cpu)).view([2, 2, 1, 3])
    }

    #[test]
    fn on_the_cpu_the_channels_of_a_pixel_lie_side_by_side() {
        let images = laid_out(&planes()).unwrap();
        assert_eq!(images, planes());
        assert_eq!(images.stride(), [6, 1, 6, 2]);
        // Also where there is one channel, so that convolutions take the layout from the images.
        let grey = laid_out(&planes().view([4, 1, 1, 3])).unwrap();
        assert_eq!(grey.stride()[1], 1);
    }

    #[test]
    fn both_layouts_hold_the_same_images() {
        let positions = Tensor::from_slice(&[1_i64, 0, 1]);
        let from = Tensor::from_slice(&[2_i64, 1, 0, 0, 0, 1]).view([2, 1, 3]);
        for images in [planes(), laid_out(&planes()).unwrap()] {
            let selected = select(&images, &positions);
            assert_eq!(selected, planes().index_select(0, &positions));
            let moved = gather_pixels(&images, &from);
            let first = Tensor::from_slice(&[2f32, 1., 0., 5., 4., 3.]).view([2, 1, 3]);
            assert_eq!(moved.get(0), first);
            for made in [selected, moved] {
                assert_eq!(made.stride()[1], images.stride()[1], "the layout is kept");
            }
        }
    }
}
