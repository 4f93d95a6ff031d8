//! The trait of all datasets.

use std::fmt::Debug;

use swanbench_spec::{ComponentConfig, ComponentInfo};

use crate::{DataDirs, DataError, FileSet, RawDataset};

/// A dataset that experiments can name. A new one is a file with an implementation and a line in
/// [`DATASETS`](crate::DATASETS); `crates/README.md` shows one.
pub trait DatasetDef: Debug + Sync {
    /// Describes the dataset without reading a file. Its revision is
    /// [`UNKNOWN_REVISION`](crate::UNKNOWN_REVISION) if only the files tell it.
    fn info(&self) -> ComponentInfo;

    /// Reads the dataset, or generates it from its settings.
    ///
    /// Returns an error if files are missing or damaged, or settings contradict each other.
    fn load(&self, config: &ComponentConfig, dirs: &DataDirs) -> Result<RawDataset, DataError>;

    /// Returns the files of the dataset, `None` if it is built in or generated.
    fn files(&self) -> Option<&FileSet> {
        None
    }

    /// Returns the checksum of the content, from the files if it is not known without them. It is
    /// part of the id of every run on this dataset.
    ///
    /// Returns an error if files that have to be read are missing or damaged.
    fn checksum(&self, dirs: &DataDirs) -> Result<String, DataError> {
        match self.files() {
            Some(files) => files.checksum(dirs),
            None => Ok(self.info().revision),
        }
    }
}
