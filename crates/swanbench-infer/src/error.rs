//! What is wrong with a file.

use thiserror::Error;

/// Why a file is no network. Nothing is computed from one that is not right in full.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("cannot read `{path}`")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The bytes are no safetensors file.
    #[error("it is not in the safetensors format")]
    Format(#[from] safetensors::SafeTensorError),
    /// There is no description in the metadata.
    #[error("it has no description of a network: export one with `swanbench export`")]
    NoDescription,
    /// The description is no JSON of the right form.
    #[error("its description cannot be read")]
    Description(#[from] serde_json::Error),
    /// Another version of the format.
    #[error("it is of version {found} of the format, and this program reads version {expected}")]
    Version {
        /// The version in the file.
        found: u32,
        /// The version that is read.
        expected: u32,
    },
    /// A part of the description does not fit the others.
    #[error("{place}: {problem}")]
    Invalid {
        /// Such as `operation 3`.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

impl LoadError {
    pub(crate) fn at(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { place: place.into(), problem: problem.into() }
    }
}
