//! The data that networks are trained on: datasets, the validation split, minibatches.
//!
//! An entry of [`DATASETS`] loads a [`RawDataset`], plain numbers on the host. [`Dataset::prepare`]
//! splits and normalises it and puts it on a device; [`Split::batches`] returns the minibatches of
//! one epoch. Loading never needs a network: [`fetch()`] downloads a dataset into the cache before.

mod augmentation;
mod batches;
mod checksum;
mod cifar10;
mod cifar100;
mod cifar_dataset;
mod dataset;
mod dataset_def;
mod datasets;
mod download;
mod error;
mod fashion_mnist;
mod files;
mod format;
mod idx_dataset;
mod info;
mod kmnist;
mod memory_format;
mod mnist;
mod mnist_5k;
mod planted;
mod random;
mod raw;
mod split;
mod status;
mod task;
#[cfg(test)]
mod test_support;
mod verify;

pub use augmentation::Augmentation;
pub use batches::Batches;
pub use dataset::{Dataset, Split};
pub use dataset_def::DatasetDef;
pub use datasets::{DATASETS, lookup, vocabulary};
pub use download::{DownloadProgress, fetch};
pub use error::DataError;
pub use files::{DataDirs, Download, FileSet, Packed};
pub use idx_dataset::{IDX_FILES, IdxDataset, IdxImages};
pub use info::UNKNOWN_REVISION;
pub use planted::Planted;
pub use raw::{Pixels, RawDataset, RawSplit};
pub use status::{DatasetStatus, status};
pub use verify::{Origin, Verification, VerifiedFile, verify};
