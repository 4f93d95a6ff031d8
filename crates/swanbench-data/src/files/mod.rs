//! Finds, reads and identifies the files of datasets that do not come with the program.
//!
//! A missing set ends in [`NotFound`](crate::NotFound); a downloader would step in where
//! [`FileSet`] makes that error, and put what it fetches into the cache of [`Places`].

mod cifar_batches;
mod contents;
mod idx_images;
mod places;
mod set;

pub(crate) use cifar_batches::CifarBatches;
pub(crate) use contents::{Contents, listing_checksum};
pub(crate) use idx_images::{IDX_IMAGES, IdxImages};
pub use places::Places;
pub(crate) use set::{FileSet, Member};
