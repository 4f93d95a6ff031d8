//! Brings the published files of datasets into the cache.
//!
//! [`fetch`] goes through the files of a set; [`transfer`] brings one file from one address and
//! goes on where an earlier attempt ended; [`archive`] takes the members out of an archive. A file
//! appears under its own name only once its sha256 is the pinned one, so that an address may well be
//! plain HTTP.

mod archive;
mod attempt;
mod client;
mod error;
mod fetch;
#[cfg(test)]
mod loopback;
mod obtain;
mod progress;
mod store;
mod transfer;

pub use error::{DownloadFailed, TransferError};
pub use fetch::fetch;
pub use progress::Progress;
pub(crate) use store::sha256_of;
