//! The file formats of datasets, read from bytes that nobody vouches for.
//!
//! Every parser works on a slice that is already in memory and compares what a header claims with
//! what is there: nothing is allocated for a claim, and no input makes it panic.

pub(crate) mod cifar;
mod error;
mod gzip;
pub(crate) mod idx;

pub use error::FormatError;
pub(crate) use gzip::{LARGEST, unpack};
