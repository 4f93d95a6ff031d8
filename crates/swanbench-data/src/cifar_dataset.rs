//! Datasets in CIFAR's format: binary batches for training, the last file for testing.

use swanbench_spec::{ComponentConfig, ComponentInfo};

use crate::{
    DataDirs, DataError, DatasetDef, FileSet, Pixels, RawDataset, RawSplit,
    files::Contents,
    format::cifar::{self, RecordFormat},
};

/// A dataset in CIFAR's format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CifarDataset {
    /// The files, of which the last is for testing.
    pub(crate) files: FileSet,
    /// Format of a record.
    pub(crate) format: RecordFormat,
    /// Records in each file for training.
    pub(crate) train_records: usize,
    /// Records in the file for testing.
    pub(crate) test_records: usize,
}

impl DatasetDef for CifarDataset {
    fn info(&self) -> ComponentInfo {
        self.files.info()
    }

    fn load(&self, _config: &ComponentConfig, dirs: &DataDirs) -> Result<RawDataset, DataError> {
        let read = self.files.read(dirs)?;
        let (test, train) = read.files.split_last().expect("a set has files");
        let train = self.split(train, self.train_records)?;
        let test = self.split(std::slice::from_ref(test), self.test_records)?;
        let (name, classes) = (self.files.name, self.format.classes);
        Ok(RawDataset::new(name, read.checksum, cifar::SHAPE, classes, train, test))
    }

    fn files(&self) -> Option<&FileSet> {
        Some(&self.files)
    }
}

impl CifarDataset {
    /// Joins files of `records` records each.
    fn split(&self, files: &[Contents], records: usize) -> Result<RawSplit, DataError> {
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        for file in files {
            file.parse(|bytes| {
                cifar::append(bytes, self.format, records, &mut images, &mut labels)
            })?;
        }
        Ok(RawSplit { images: Pixels::Bytes(images), labels })
    }
}
