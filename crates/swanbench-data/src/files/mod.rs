//! Finds, reads and identifies the files of datasets that do not come with the program.
//!
//! A missing set ends in [`NotFound`](crate::NotFound); [`fetch`](crate::fetch()) puts the files that
//! [`Published`] lists into the cache of [`Places`].

mod cifar_batches;
mod contents;
mod idx_images;
mod places;
mod published;
mod set;

pub(crate) use cifar_batches::CifarBatches;
pub(crate) use contents::{Contents, listing_checksum};
pub(crate) use idx_images::{IDX_IMAGES, IdxImages};
pub use places::Places;
pub(crate) use published::{Packing, Published, PublishedFile};
pub(crate) use set::{FileSet, Member};
