//! Datasets for training: split, normalised, and on a device.

use tch::{Device, Kind, Tensor};

use crate::{
    DataError, Pixels, RawDataset, RawSplit, memory_format::convert, split::validation_mask,
};

/// A dataset on a device, ready to train on.
#[derive(Debug)]
pub struct Dataset {
    /// The training examples without those for validation, in the order of the files.
    pub train: Split,
    /// Held out of the training examples, in the order of the files; see [`Dataset::prepare`].
    pub validation: Split,
    /// The test examples, in the order of the files.
    pub test: Split,
    /// Channels, rows and columns of an image.
    pub shape: [i64; 3],
    /// Labels are below this.
    pub classes: i64,
    /// A raw 0 after normalisation, `f32 [channels]`.
    pub black: Tensor,
    /// A raw 1, the brightest value, after normalisation, `f32 [channels]`.
    pub white: Tensor,
}

/// The examples of one split.
#[derive(Debug)]
pub struct Split {
    /// `f32 [n, channels, rows, columns]`, in the memory format of the device. Each channel is
    /// centred on its mean and divided by its standard deviation, both over all training examples.
    pub images: Tensor,
    /// `i64 [n]`, each below the number of classes.
    pub labels: Tensor,
}

impl Dataset {
    /// Splits and normalises a dataset and puts it on `device`.
    ///
    /// `limit` keeps the first examples of train and of test. Of each class of train,
    /// `validation_share` (rounded to the nearest, at least one example) is held out: the first in
    /// the order of a fixed hash of their positions in the files, so that the split is the same for
    /// every method, model and seed. Means and standard deviations are those of all training
    /// examples in the files.
    ///
    /// Returns an error if the share is not above 0 and below 1, a class has too few examples for
    /// it, or libtorch fails, for example out of memory.
    pub fn prepare(
        raw: &RawDataset,
        validation_share: f64,
        limit: Option<u64>,
        device: Device,
    ) -> Result<Self, DataError> {
        let kept = |split: &RawSplit| {
            let all = split.labels.len();
            limit.map_or(all, |limit| usize::try_from(limit).map_or(all, |limit| limit.min(all)))
        };
        let (train_count, test_count) = (kept(&raw.train), kept(&raw.test));
        let (train_labels, all) = (&raw.train.labels, raw.train.labels.len());
        let mask =
            validation_mask(&train_labels[..train_count], raw.classes, validation_share, all)?;
        let positions = |held_out: bool| -> Vec<i64> {
            (0_i64..).zip(&mask).filter(|(_, out)| **out == held_out).map(|(at, _)| at).collect()
        };
        let all_of_train = Unscaled::place(&raw.train, train_count, raw.shape, device)?;
        let normalised = |value: f32| -> Result<Tensor, DataError> {
            let channels = raw.mean.iter().zip(&raw.std);
            let values = channels.map(|(mean, std)| (value - *mean as f32) / *std as f32);
            Ok(Tensor::f_from_slice(&values.collect::<Vec<_>>())?.f_to_device(device)?)
        };
        let normalise = |unscaled: Unscaled| unscaled.normalise(&raw.mean, &raw.std);
        Ok(Self {
            train: normalise(all_of_train.select(&positions(false))?)?,
            validation: normalise(all_of_train.select(&positions(true))?)?,
            test: normalise(Unscaled::place(&raw.test, test_count, raw.shape, device)?)?,
            shape: raw.shape.map(length),
            classes: length(raw.classes),
            black: normalised(0.0)?,
            white: normalised(1.0)?,
        })
    }

    /// Returns handles to the same memory for another thread; nobody may write to it.
    pub fn share(&self) -> Self {
        Self {
            train: self.train.share(),
            validation: self.validation.share(),
            test: self.test.share(),
            shape: self.shape,
            classes: self.classes,
            black: self.black.shallow_clone(),
            white: self.white.shallow_clone(),
        }
    }

    /// Returns at most the first `count` examples of every split, for a trial: handles to the same
    /// memory.
    pub fn first(&self, count: i64) -> Self {
        let Self { train, validation, test, .. } = self;
        let [train, validation, test] = [train, validation, test].map(|split| split.first(count));
        Self { train, validation, test, ..self.share() }
    }
}

impl Split {
    fn first(&self, count: i64) -> Self {
        let count = count.min(self.len());
        Self { images: self.images.narrow(0, 0, count), labels: self.labels.narrow(0, 0, count) }
    }

    /// Counts the examples of the split.
    pub fn len(&self) -> i64 {
        self.labels.size()[0]
    }

    /// Returns whether the split has no example.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn share(&self) -> Self {
        Self { images: self.images.shallow_clone(), labels: self.labels.shallow_clone() }
    }
}

/// A split on the device with the pixels of the source: bytes take a quarter of the memory.
struct Unscaled {
    images: Tensor,
    labels: Tensor,
}

impl Unscaled {
    /// Puts the first `count` examples on the device.
    fn place(
        split: &RawSplit,
        count: usize,
        shape: [usize; 3],
        device: Device,
    ) -> Result<Self, DataError> {
        let pixels = count * shape.iter().product::<usize>();
        let flat = match &split.images {
            Pixels::Bytes(bytes) => Tensor::f_from_slice(&bytes[..pixels])?,
            Pixels::Floats(floats) => Tensor::f_from_slice(&floats[..pixels])?,
        };
        let [channels, rows, columns] = shape.map(length);
        let images = flat.f_view([length(count), channels, rows, columns])?.f_to_device(device)?;
        let labels = Tensor::f_from_slice(&split.labels[..count])?;
        Ok(Self { images, labels: labels.f_to_device(device)?.f_to_kind(Kind::Int64)? })
    }

    fn select(&self, positions: &[i64]) -> Result<Self, DataError> {
        let positions = Tensor::f_from_slice(positions)?.f_to_device(self.labels.device())?;
        Ok(Self {
            images: self.images.f_index_select(0, &positions)?,
            labels: self.labels.f_index_select(0, &positions)?,
        })
    }

    fn normalise(self, mean: &[f64], std: &[f64]) -> Result<Split, DataError> {
        let full_scale = if self.images.kind() == Kind::Uint8 { 255.0 } else { 1.0 };
        let by_channel = |values: &[f64]| -> Result<Tensor, DataError> {
            let values = Tensor::f_from_slice(values)?.f_to_kind(Kind::Float)?;
            Ok(values.f_view([1, -1, 1, 1])?.f_to_device(self.images.device())?)
        };
        // In place, since whole datasets are large and `self` is the only owner.
        let mut images = self.images.f_to_kind(Kind::Float)?;
        let mut images = images.f_div_scalar_(full_scale)?;
        let mut images = images.f_sub_(&by_channel(mean)?)?;
        let images = images.f_div_(&by_channel(std)?)?;
        Ok(Split { images: convert(&images)?, labels: self.labels })
    }
}

/// Converts a length to `i64`, as libtorch counts.
fn length(count: usize) -> i64 {
    i64::try_from(count).expect("a length in memory fits")
}
