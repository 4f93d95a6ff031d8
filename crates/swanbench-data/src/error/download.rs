//! Failed downloads.

use std::{error::Error, fmt, io, path::PathBuf};

use thiserror::Error;

use super::Remedy;

/// A file that no mirror provided.
#[derive(Debug, Error)]
pub struct DownloadError {
    pub(crate) dataset: &'static str,
    pub(crate) file: String,
    /// The error of each address, in the order in which they were tried.
    pub(crate) failures: Vec<(String, MirrorError)>,
    pub(crate) remedy: Remedy,
}

/// A failed download from one address.
#[derive(Debug, Error)]
pub(crate) enum MirrorError {
    /// No network, no server, no such name, or a connection that TLS refuses.
    #[error("no connection")]
    NoConnection(#[source] io::Error),
    /// A connection that ended, or a server that stopped sending, before the file was complete.
    #[error("the transfer stopped after {received} of {expected} bytes")]
    Interrupted { received: u64, expected: u64, source: io::Error },
    #[error("the server answers with status {0}")]
    Status(u16),
    #[error("it has {found} bytes there, expected {expected}")]
    Size { found: u64, expected: u64 },
    #[error("it has sha256 {found} there, expected {expected}; the file was removed")]
    Checksum { found: String, expected: &'static str },
    #[error("cannot write `{}`", path.display())]
    Disk { path: PathBuf, source: io::Error },
}

impl MirrorError {
    /// Returns whether another attempt at the same address may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Interrupted { .. } => true,
            // Request timeout, too many requests, and errors of the server.
            Self::Status(status) => matches!(status, 408 | 429 | 500..=599),
            _ => false,
        }
    }
}

impl fmt::Display for DownloadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot fetch `{}` of the dataset `{}`", self.file, self.dataset)?;
        for (address, error) in &self.failures {
            write!(out, "\n  {address}: {error}")?;
            let mut cause = error.source();
            while let Some(error) = cause {
                write!(out, ": {error}")?;
                cause = error.source();
            }
        }
        write!(out, "\n  put it into {}", self.remedy)
    }
}
