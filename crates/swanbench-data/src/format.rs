//! The file formats of datasets, parsed from untrusted bytes.
//!
//! Every parser works on a slice in memory and compares the sizes in a header with its length: it
//! allocates nothing for a header, and no input makes it panic.

pub(crate) mod cifar;
mod error;
mod gzip;
pub(crate) mod idx;

pub use error::FormatError;
pub(crate) use gzip::{LARGEST, unpack};
