//! Dataset loading errors.

mod download;
mod not_found;

use std::{io, path::PathBuf};

use tch::TchError;
use thiserror::Error;

pub use self::{download::DownloadError, not_found::FilesNotFound};
pub(crate) use self::{download::MirrorError, not_found::Remedy};
use crate::format::FormatError;

/// A dataset that cannot be loaded or prepared.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// A name that no dataset has.
    #[error("there is no dataset `{name}`; known are {}", known.join(", "))]
    Unknown {
        /// The requested name.
        name: String,
        /// All datasets.
        known: Vec<&'static str>,
    },

    /// No folder holds all files of the set.
    #[error(transparent)]
    NotFound(Box<FilesNotFound>),

    /// A published file that no mirror provided.
    #[error(transparent)]
    Download(Box<DownloadError>),

    /// No folder to download into.
    #[error(
        "no cache folder is known to fetch the dataset `{dataset}` into; set HOME or XDG_CACHE_HOME"
    )]
    NoCache {
        /// The dataset.
        dataset: &'static str,
    },

    /// A file or folder of the cache that cannot be written.
    #[error("cannot write `{}`", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// Error of the system.
        source: io::Error,
    },

    /// A file that cannot be read.
    #[error("cannot read the data file `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Error of the system.
        source: io::Error,
    },

    /// A file with unusable content.
    #[error("`{file}` is not a usable data file")]
    Malformed {
        /// The file.
        file: String,
        /// The problem.
        source: FormatError,
    },

    /// A file with other content than the published one, which is required.
    #[error(
        "`{file}` does not belong to the published `{dataset}`: its unpacked content has sha256 \
         {found}, expected {expected}; put the published file in its place"
    )]
    Checksum {
        /// The dataset.
        dataset: &'static str,
        /// The file.
        file: String,
        /// sha256 of its unpacked content.
        found: String,
        /// sha256 of the published content.
        expected: &'static str,
    },

    /// Images and labels of different sets.
    #[error(
        "`{images}` holds {image_count} images, but `{labels}` holds {label_count} labels; take \
         both from the same set"
    )]
    CountsDiffer {
        /// The file of images.
        images: String,
        /// Images in it.
        image_count: usize,
        /// The file of labels.
        labels: String,
        /// Labels in it.
        label_count: usize,
    },

    /// Settings that the dataset does not have.
    #[error("these are not settings of the dataset `{dataset}`")]
    Settings {
        /// The dataset.
        dataset: &'static str,
        /// The problem.
        source: serde_json::Error,
    },

    /// A planted dataset with more directions than inputs.
    #[error(
        "`planted` with {classes} classes of {directions} directions needs {} inputs, but an image \
         of side {side} has {}; raise `side`, or lower `classes` or `directions`",
        classes * directions,
        side * side
    )]
    TooManyDirections {
        /// Classes of the set.
        classes: usize,
        /// Directions per class.
        directions: usize,
        /// Pixels along one edge.
        side: usize,
    },

    /// A share that leaves nothing to train or to validate on.
    #[error("a validation share of {share} is not above 0 and below 1")]
    ValidationShare {
        /// The requested share.
        share: f64,
    },

    /// A class with too few examples for both validation and training.
    #[error(
        "class {class} has {examples} of the {in_use} training examples in use, too few to hold out \
         a share of {share} for validation and train on the rest; {}",
        if in_use < all { "raise `limit`" } else { "every class needs at least 2 of them" }
    )]
    TooFewExamples {
        /// Counted from 0.
        class: usize,
        /// Training examples of the class, after `limit`.
        examples: usize,
        /// Training examples of all classes, after `limit`.
        in_use: usize,
        /// The same before it.
        all: usize,
        /// Share of each class to hold out.
        share: f64,
    },

    /// A task that is impossible with these data.
    #[error("{message}, expected {expected}")]
    Task {
        /// Field of the task.
        field: &'static str,
        /// The problem.
        message: String,
        /// What is possible.
        expected: String,
    },

    /// Data that the device does not take, usually for lack of memory.
    #[error("libtorch could not place the data on the device")]
    Device(#[from] TchError),
}
