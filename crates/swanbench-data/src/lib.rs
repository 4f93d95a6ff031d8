//! The data that networks are trained on: datasets, the validation split, minibatches.
//!
//! A [`DATASETS`] entry loads a [`RawDataset`], plain bytes on the host; [`Dataset::prepare`] splits
//! and normalises it and puts it on a device; [`Split::batches`] walks over one epoch. A new dataset
//! is one file in this folder and one line in the slice.

mod basis;
mod batches;
mod cifar10;
mod cifar100;
mod dataset;
mod entry;
mod error;
mod fashion_mnist;
mod files;
mod format;
mod holdout;
mod kmnist;
mod mnist;
mod mnist_5k;
mod planted;
mod raw;
mod splitmix;

pub use batches::Batches;
pub use dataset::{Dataset, Split};
pub use entry::{DATASETS, Entry, UNREAD, find, vocabulary, vocabulary_for};
pub use error::{DataError, NotFound};
pub use files::Places;
pub use format::FormatError;
pub use planted::Planted;
pub use raw::{Pixels, RawDataset, RawSplit};
