//! Why a file could not be fetched.

use std::{error::Error, fmt, io, path::PathBuf};

use thiserror::Error;
use ureq::Timeout;

use crate::not_found::write_remedies;

/// Why a file did not come from one address.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TransferError {
    /// No server, no network, no such name, or a connection that TLS refuses.
    #[error("no connection")]
    NoConnection(#[source] Box<dyn Error + Send + Sync>),

    /// The connection ended before the file did.
    #[error("the connection was cut off after {received} of {expected} bytes")]
    CutOff {
        /// Bytes that are here, those of earlier attempts included.
        received: u64,
        /// Bytes of the file.
        expected: u64,
    },

    /// The server keeps the connection open, but sends nothing.
    #[error("the server fell silent after {received} of {expected} bytes")]
    Silent {
        /// Bytes that are here, those of earlier attempts included.
        received: u64,
        /// Bytes of the file.
        expected: u64,
    },

    /// Anything but the file.
    #[error("the server answers with status {status}")]
    Status {
        /// Of HTTP.
        status: u16,
    },

    /// Another part of the file than was asked for.
    #[error("the server sends another part of the file than was asked for")]
    WrongRange,

    /// A file of another size.
    #[error("it has {found} bytes there, expected {expected}")]
    WrongSize {
        /// As the server announces, or as far as was read.
        found: u64,
        /// As published.
        expected: u64,
    },

    /// A file of the right size with other content. It has been removed.
    #[error("it has sha256 {found} there, expected {expected}; the file was removed")]
    Checksum {
        /// Of what came.
        found: String,
        /// Of the published file.
        expected: &'static str,
    },

    /// The system refused to write what came.
    #[error("cannot write `{}`", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl TransferError {
    /// Whether another attempt at the same address may end better.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::CutOff { .. } | Self::Silent { .. } | Self::WrongRange => true,
            // Request timeout and too many requests are said of the moment, not of the file.
            Self::Status { status } => matches!(status, 408 | 429 | 500..=599),
            _ => false,
        }
    }

    /// What went wrong on the way, after `received` of `expected` bytes.
    pub(super) fn on_the_way(error: ureq::Error, received: u64, expected: u64) -> Self {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        match error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                Self::NoConnection(Box::new(error))
            }
            ureq::Error::Timeout(_) => Self::Silent { received, expected },
            ureq::Error::Io(cause) => match cause.kind() {
                BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof => {
                    Self::CutOff { received, expected }
                }
                _ => Self::NoConnection(Box::new(cause)),
            },
            other => Self::NoConnection(Box::new(other)),
        }
    }
}

/// A file that came from none of its mirrors.
#[derive(Debug)]
pub struct DownloadFailed {
    /// The dataset.
    pub dataset: &'static str,
    /// The file.
    pub file: &'static str,
    /// Every address that was tried, in order, and why it failed.
    pub tried: Vec<(String, TransferError)>,
    /// Where to put the file by hand.
    pub put_into: PathBuf,
    /// The Debian package that brings the dataset.
    pub debian_package: Option<&'static str>,
}

impl Error for DownloadFailed {}

impl fmt::Display for DownloadFailed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot fetch `{}` of the dataset `{}`", self.file, self.dataset)?;
        for (address, reason) in &self.tried {
            write!(out, "\n  {address}: {reason}")?;
            let mut cause = reason.source();
            while let Some(error) = cause {
                write!(out, ": {error}")?;
                cause = error.source();
            }
        }
        write_remedies(out, "it", Some(&self.put_into), self.debian_package)
    }
}
