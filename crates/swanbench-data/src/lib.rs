//! The data that networks are trained on: datasets, the validation split, minibatches.
//!
//! A [`DATASETS`] entry loads a [`RawDataset`], plain bytes on the host; [`Dataset::prepare`] splits
//! and normalises it and puts it on a device; [`Split::batches`] walks over one epoch. Loading never
//! goes to the network: [`fetch()`] brings a dataset into the cache before. A new dataset is one file
//! in this folder and one line in the slice.

mod augmentation;
mod basis;
mod batches;
mod cifar10;
mod cifar100;
mod dataset;
mod download;
mod entry;
mod error;
mod fashion_mnist;
mod files;
mod format;
mod holdout;
mod kmnist;
mod layout;
mod mnist;
mod mnist_5k;
mod not_found;
mod planted;
mod raw;
mod splitmix;
mod state;
mod task;
mod verify;

pub use augmentation::Augmentation;
pub use batches::Batches;
pub use dataset::{Dataset, Split};
pub use download::{DownloadFailed, Progress, TransferError, fetch};
pub use entry::{DATASETS, Entry, UNKNOWN_REVISION, find, vocabulary, vocabulary_for};
pub use error::DataError;
pub use files::Places;
pub use format::FormatError;
pub use not_found::NotFound;
pub use planted::Planted;
pub use raw::{Pixels, RawDataset, RawSplit};
pub use state::{State, state};
pub use verify::{Verdict, Verified, VerifiedFile, verify};
