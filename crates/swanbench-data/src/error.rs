//! Why a dataset could not be had.

use std::{fmt, io, path::PathBuf};

use tch::TchError;
use thiserror::Error;

use crate::FormatError;

/// Why a dataset could not be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// No folder holds all files of the set.
    #[error(transparent)]
    NotFound(Box<NotFound>),

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

    /// The device refused the data, for lack of memory as a rule.
    #[error("libtorch could not place the data on the device")]
    Device(#[from] TchError),
}

/// What was looked for and where, when no folder holds all files of a set.
#[derive(Debug, Error)]
pub struct NotFound {
    /// The dataset.
    pub dataset: &'static str,
    /// Files that are missing: of the first folder that has some of them, otherwise all.
    pub missing: Vec<&'static str>,
    /// The first folder that has some of the files, but not all.
    pub incomplete: Option<PathBuf>,
    /// Every folder that was looked into, in order.
    pub searched: Vec<PathBuf>,
    /// Where to put the files, so that they are found; none where no home folder is known.
    pub put_into: Option<PathBuf>,
    /// The Debian package that brings the files.
    pub debian_package: Option<&'static str>,
}

impl fmt::Display for NotFound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "no complete copy of the dataset `{}` found", self.dataset)?;
        write!(out, "\n  missing: {} (plain or .gz)", self.missing.join(", "))?;
        if let Some(folder) = &self.incomplete {
            write!(out, ", in `{}`", folder.display())?;
        }
        let searched: Vec<_> = self.searched.iter().map(|folder| folder.display()).collect();
        write!(out, "\n  searched: ")?;
        for (position, folder) in searched.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(out, "{separator}{folder}")?;
        }
        match &self.put_into {
            Some(folder) => write!(out, "\n  put them into `{}`", folder.display())?,
            None => write!(out, "\n  put them into a folder")?,
        }
        write!(out, ", or give their folder with --data-dir")?;
        if let Some(package) = self.debian_package {
            write!(out, "\n  or install the Debian package `{package}`")?;
        }
        Ok(())
    }
}
