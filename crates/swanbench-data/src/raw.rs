//! Datasets as they were read: plain numbers on the host, not split and not normalised.

/// A dataset as it was read, not split and not normalised.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RawDataset {
    /// Name that experiments use.
    pub name: &'static str,
    /// Checksum of the content; see [`DatasetDef::checksum`](crate::DatasetDef::checksum).
    pub revision: String,
    /// Channels, rows and columns of an image.
    pub shape: [usize; 3],
    /// Labels are below this.
    pub classes: usize,
    /// All training examples; those for validation are held out later.
    pub train: RawSplit,
    /// The test examples.
    pub test: RawSplit,
    /// Mean of each channel over all of `train`, with bytes taken as 0 to 1.
    pub mean: Vec<f64>,
    /// Population standard deviation of the same; 1 for a constant channel.
    pub std: Vec<f64>,
}

/// The examples of one split, in the order of the files.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSplit {
    /// `[n, channels, rows, columns]`, row-major.
    pub images: Pixels,
    /// `[n]`, each below the number of classes.
    pub labels: Vec<u8>,
}

/// Pixels in the type of the source.
#[derive(Debug, Clone, PartialEq)]
pub enum Pixels {
    /// 0 to 255, which are 0 to 1.
    Bytes(Vec<u8>),
    /// Any numbers, unchanged.
    Floats(Vec<f32>),
}

impl RawDataset {
    /// Makes a dataset of two splits and measures the mean and standard deviation of its channels.
    /// `shape` is channels, rows and columns of an image.
    ///
    /// # Panics
    /// Panics if a split has not one image per label, or a label that is not below `classes`.
    pub fn new(
        name: &'static str,
        revision: String,
        shape: [usize; 3],
        classes: usize,
        train: RawSplit,
        test: RawSplit,
    ) -> Self {
        for split in [&train, &test] {
            assert_eq!(split.images.len(), split.labels.len() * shape.iter().product::<usize>());
            assert!(split.labels.iter().all(|label| usize::from(*label) < classes));
        }
        let [channels, rows, columns] = shape;
        let measured = (0..channels).map(|channel| {
            let (mean, std) = train.images.moments(channel, channels, rows * columns);
            (mean, if std > 0.0 { std } else { 1.0 })
        });
        let (mean, std) = measured.unzip();
        Self { name, revision, shape, classes, train, test, mean, std }
    }
}

impl Pixels {
    /// Counts the pixels in all images and channels.
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(pixels) => pixels.len(),
            Self::Floats(pixels) => pixels.len(),
        }
    }

    /// Returns whether there is no pixel.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Computes mean and population standard deviation of one channel, whose planes have `plane`
    /// pixels.
    fn moments(&self, channel: usize, channels: usize, plane: usize) -> (f64, f64) {
        match self {
            Self::Bytes(pixels) => {
                // Sums of integers are exact in any order.
                let (mut count, mut sum, mut squares) = (0_u64, 0_u64, 0_u64);
                for pixels in pixels.chunks_exact(plane).skip(channel).step_by(channels) {
                    count += pixels.len() as u64;
                    sum += pixels.iter().map(|pixel| u64::from(*pixel)).sum::<u64>();
                    squares += pixels.iter().map(|pixel| u64::from(*pixel).pow(2)).sum::<u64>();
                }
                let mean = sum as f64 / count as f64;
                let variance = squares as f64 / count as f64 - mean * mean;
                (mean / 255.0, variance.max(0.0).sqrt() / 255.0)
            }
            Self::Floats(pixels) => {
                let planes = || pixels.chunks_exact(plane).skip(channel).step_by(channels);
                let values = || planes().flatten().map(|pixel| f64::from(*pixel));
                let count = values().count() as f64;
                let mean = values().sum::<f64>() / count;
                let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
                (mean, variance.sqrt())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_channels(images: Pixels) -> RawDataset {
        let train = RawSplit { images, labels: vec![0, 1] };
        RawDataset::new("tiny", String::new(), [2, 1, 2], 2, train.clone(), train)
    }

    #[test]
    fn each_channel_is_measured_over_all_images() {
        // First channel: 0, 255, 255, 0; second: 51 everywhere.
        let raw = two_channels(Pixels::Bytes(vec![0, 255, 51, 51, 255, 0, 51, 51]));
        assert_eq!(raw.mean, [0.5, 0.2]);
        assert_eq!(raw.std, [0.5, 1.0]);
    }

    #[test]
    fn floats_are_measured_unchanged() {
        // First channel: 1, 3, 5, 7; second: -2, 2, -2, 2.
        let raw = two_channels(Pixels::Floats(vec![1.0, 3.0, -2.0, 2.0, 5.0, 7.0, -2.0, 2.0]));
        assert_eq!(raw.mean, [4.0, 0.0]);
        assert_eq!(raw.std, [5.0_f64.sqrt(), 2.0]);
    }
}
