//! Files of datasets that are not built in: found, read and identified.

mod contents;
mod data_dirs;
mod file_set;

pub(crate) use contents::Contents;
pub use data_dirs::DataDirs;
pub(crate) use file_set::PublishedFile;
pub use file_set::{Download, FileSet, Packed};
