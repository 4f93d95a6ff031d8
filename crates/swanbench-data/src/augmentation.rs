//! Random crops and flips of training images, on the device.

use swanbench_torch::{Generator, TorchError};
use tch::{Kind, Tensor};

use crate::{Dataset, memory_format::gather_pixels};

/// A random variation of training images, each image by itself: torchvision's `RandomCrop(size,
/// padding)` and `RandomHorizontalFlip` before `Normalize`.
#[derive(Debug)]
pub struct Augmentation {
    /// Black pixels around an image, from which a crop of the original size is taken; each of the
    /// `2 * crop_padding + 1` offsets per direction is equally likely. 0 does not move images.
    pub crop_padding: i64,
    /// Whether half of the images are mirrored left to right.
    pub flip: bool,
    /// A raw 0 after normalisation, `f32 [channels]`, on the device.
    pub black: Tensor,
}

impl Dataset {
    /// Returns the augmentation of this dataset's images.
    ///
    /// # Panics
    /// Panics if `crop_padding` is negative.
    pub fn augmentation(&self, crop_padding: i64, flip: bool) -> Augmentation {
        assert!(crop_padding >= 0, "the padding is not negative");
        Augmentation { crop_padding, flip, black: self.black.shallow_clone() }
    }
}

impl Augmentation {
    /// Returns a varied copy of `images`, `f32 [n, channels, rows, columns]`. `generator` is on the
    /// device of the images; nothing is synchronised.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    pub fn apply(&self, images: &Tensor, generator: &mut Generator) -> Result<Tensor, TorchError> {
        let [count, _, rows, columns] =
            images.size().try_into().expect("a batch of images has four dimensions");
        let from_row = self.sources(count, rows, generator)?;
        let from_column = self.mirrored(self.sources(count, columns, generator)?, generator)?;
        let (row_inside, column_inside) = (inside(&from_row, rows), inside(&from_column, columns));
        // One index per pixel, the same in every channel; those outside read any pixel and become
        // black afterwards.
        let pixel = from_row.clamp(0, rows - 1).unsqueeze(2) * columns
            + from_column.clamp(0, columns - 1).unsqueeze(1);
        let moved = gather_pixels(images, &pixel);
        if self.crop_padding == 0 {
            return Ok(moved);
        }
        let seen = row_inside.unsqueeze(2).logical_and(&column_inside.unsqueeze(1)).unsqueeze(1);
        Ok(moved.where_self(&seen, &self.black.view([1, -1, 1, 1])))
    }

    /// Draws for each image and each position along one side the position that it is read from,
    /// `i64 [count, length]`: negative or past the end in the padding.
    fn sources(
        &self,
        count: i64,
        length: i64,
        generator: &mut Generator,
    ) -> Result<Tensor, TorchError> {
        let positions = Tensor::arange(length, (Kind::Int64, generator.device()));
        let positions = positions.expand([count, length], false);
        if self.crop_padding == 0 {
            return Ok(positions);
        }
        let offsets = 2 * self.crop_padding + 1;
        let uniform = generator.uniform(&[count, 1], 0.0, offsets as f64)?;
        // Rounding can carry a number just below the end onto it.
        let offset = uniform.floor().clamp_max(2 * self.crop_padding).to_kind(Kind::Int64);
        Ok(positions + offset - self.crop_padding)
    }

    /// Reverses the columns of half of the images.
    fn mirrored(&self, columns: Tensor, generator: &mut Generator) -> Result<Tensor, TorchError> {
        if !self.flip {
            return Ok(columns);
        }
        let heads = generator.bernoulli(&[columns.size()[0], 1], 0.5)?.to_kind(Kind::Bool);
        Ok(columns.flip([1]).where_self(&heads, &columns))
    }
}

/// Returns which positions are in `0..length`.
fn inside(positions: &Tensor, length: i64) -> Tensor {
    positions.ge(0).logical_and(&positions.lt(length))
}

#[cfg(test)]
mod tests {
    use tch::Device;

    use super::*;

    fn augmentation(crop_padding: i64, flip: bool, black: &[f32]) -> Augmentation {
        Augmentation { crop_padding, flip, black: Tensor::from_slice(black) }
    }

    fn generator(seed: u64) -> Generator {
        Generator::new(Device::Cpu, seed).unwrap()
    }

    fn floats(tensor: &Tensor) -> Vec<f32> {
        Vec::try_from(tensor.flatten(0, -1)).unwrap()
    }

    /// Repeats an image of two channels, 2x3: 1 to 6 and 11 to 16.
    fn images(count: i64) -> Tensor {
        let image = Tensor::from_slice(&[1_f32, 2., 3., 4., 5., 6., 11., 12., 13., 14., 15., 16.]);
        image.view([1, 2, 2, 3]).repeat([count, 1, 1, 1])
    }

    #[test]
    fn without_padding_and_flip_nothing_changes() {
        let images = images(3);
        let same = augmentation(0, false, &[-1.0, -2.0]).apply(&images, &mut generator(1)).unwrap();
        assert_eq!((same.size(), floats(&same)), (images.size(), floats(&images)));
    }

    #[test]
    fn a_flip_mirrors_half_of_the_images() {
        let varied = augmentation(0, true, &[0.0; 2]).apply(&images(1000), &mut generator(1));
        let varied = floats(&varied.unwrap());
        let as_it_is = floats(&images(1));
        let mirrored = [3., 2., 1., 6., 5., 4., 13., 12., 11., 16., 15., 14.];
        let flipped = varied.chunks(12).filter(|image| **image == mirrored).count();
        let kept = varied.chunks(12).filter(|image| **image == as_it_is).count();
        assert_eq!(flipped + kept, 1000);
        // Five standard deviations of 1000 tosses: 5 * sqrt(250) = 79.
        assert!(flipped.abs_diff(500) < 79, "{flipped}");
    }

    /// Crops the image at an offset, by hand: row and column 0 of the padded image are black.
    fn crop(row: i64, column: i64, black: [f32; 2]) -> Vec<f32> {
        let mut pixels = Vec::new();
        for (channel, black) in black.into_iter().enumerate() {
            for to_row in 0..2 {
                for to_column in 0..3 {
                    let (from_row, from_column) = (to_row + row - 1, to_column + column - 1);
                    let inside = (0..2).contains(&from_row) && (0..3).contains(&from_column);
                    let value = (10 * channel as i64 + 3 * from_row + from_column + 1) as f32;
                    pixels.push(if inside { value } else { black });
                }
            }
        }
        pixels
    }

    #[test]
    fn a_crop_shifts_the_image_over_black() {
        let black = [-1.0, -2.0];
        // One down and right in the padded image: the first row and column are lost.
        let lower_right = crop(2, 2, black);
        assert_eq!(lower_right, [5., 6., -1., -1., -1., -1., 15., 16., -2., -2., -2., -2.]);
        let varied = augmentation(1, false, &black).apply(&images(9000), &mut generator(1));
        let varied = floats(&varied.unwrap());
        let mut total = 0;
        for row in 0..3 {
            for column in 0..3 {
                let expected = crop(row, column, black);
                let count = varied.chunks(12).filter(|image| **image == expected).count();
                // Five standard deviations: 5 * sqrt(9000 * 1/9 * 8/9) = 149.
                assert!(count.abs_diff(1000) < 149, "{count} at {row}, {column}");
                total += count;
            }
        }
        assert_eq!(total, 9000, "every image is one of the nine crops");
    }

    #[test]
    fn all_offsets_are_equally_likely() {
        // Every row counts its columns from 1, so that a pixel tells its origin.
        let ramp = Tensor::arange(9, (Kind::Float, Device::Cpu)) + 1.0;
        let images = ramp.view([1, 1, 1, 9]).repeat([9000, 1, 9, 1]);
        let varied = augmentation(4, false, &[0.0]).apply(&images, &mut generator(5)).unwrap();
        // The middle of the middle row comes from column 4 + offset - 4, whose value is offset + 1.
        let middle = floats(&varied.select(3, 4).select(2, 4));
        let mut counts = [0_usize; 9];
        for value in middle {
            counts[value as usize - 1] += 1;
        }
        for (offset, count) in counts.into_iter().enumerate() {
            assert!(count.abs_diff(1000) < 149, "{count} at {offset}");
        }
    }

    #[test]
    fn draws_depend_on_the_seed_and_the_batch() {
        let augmentation = augmentation(1, true, &[0.0; 2]);
        let run = |seed| {
            let mut generator = generator(seed);
            [(); 2].map(|()| floats(&augmentation.apply(&images(50), &mut generator).unwrap()))
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let [first, second] = run(1);
        assert_ne!(first, second);
    }
}
