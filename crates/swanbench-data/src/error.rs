//! Why a dataset could not be had.

use std::{io, path::PathBuf};

use tch::TchError;
use thiserror::Error;

use crate::{DownloadFailed, FormatError, NotFound};

/// Why a dataset could not be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// A name that no dataset has.
    #[error("there is no dataset `{name}`; known are {}", known.join(", "))]
    Unknown {
        /// As asked for.
        name: String,
        /// All datasets.
        known: Vec<&'static str>,
    },

    /// No folder holds all files of the set.
    #[error(transparent)]
    NotFound(Box<NotFound>),

    /// A published file that no mirror gave.
    #[error(transparent)]
    Download(Box<DownloadFailed>),

    /// No folder to download into.
    #[error(
        "no cache folder is known to fetch the dataset `{dataset}` into; set HOME or XDG_CACHE_HOME"
    )]
    NoCache {
        /// The dataset.
        dataset: &'static str,
    },

    /// The system refused to write into the cache.
    #[error("cannot write `{}`", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The system refused to read a file.
    #[error("cannot read the data file `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A file was read, but does not hold what it should.
    #[error("`{file}` is not a usable data file")]
    Malformed {
        /// The file, or the name of an embedded one.
        file: String,
        /// What is wrong with it.
        source: FormatError,
    },

    /// A file of a set whose content is known holds something else.
    #[error(
        "`{file}` does not belong to the published `{dataset}`: its unpacked content has sha256 \
         {found}, expected {expected}; put the published file in its place"
    )]
    Checksum {
        /// The dataset.
        dataset: &'static str,
        /// The file.
        file: String,
        /// Of its unpacked content.
        found: String,
        /// Of the published content.
        expected: &'static str,
    },

    /// Images and labels of one split come from different sets.
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

    /// Settings that are not those of the dataset.
    #[error("these are not settings of the dataset `{dataset}`")]
    Settings {
        /// The dataset.
        dataset: &'static str,
        /// What serde said.
        source: serde_json::Error,
    },

    /// A planted set in which the directions of all classes do not fit.
    #[error(
        "`planted` with {classes} classes of {directions} directions needs {} inputs, but an image \
         of side {side} has {}; raise `side`", classes * directions, side * side
    )]
    TooManyDirections {
        /// Classes of the set.
        classes: usize,
        /// Directions a class.
        directions: usize,
        /// Pixels along one edge.
        side: usize,
    },

    /// A share that leaves nothing to train or to validate on.
    #[error("a validation share of {share} is not above 0 and below 1")]
    ValidationShare {
        /// As asked for.
        share: f64,
    },

    /// A class that cannot give an example to validation and keep one for training.
    #[error(
        "class {class} has {examples} of the training examples in use, too few to hold out a share \
         of {share} for validation and train on the rest; raise `limit`"
    )]
    TooFewExamples {
        /// Counted from 0.
        class: usize,
        /// Training examples of the class, after `limit`.
        examples: usize,
        /// Of each class, to hold out.
        share: f64,
    },

    /// A task of a phase that these data do not allow.
    #[error("{message}, expected {expected}")]
    Task {
        /// Of the task.
        field: &'static str,
        /// What is wrong with it.
        message: String,
        /// What would be right.
        expected: String,
    },

    /// The device refused the data, for lack of memory as a rule.
    #[error("libtorch could not place the data on the device")]
    Device(#[from] TchError),
}
