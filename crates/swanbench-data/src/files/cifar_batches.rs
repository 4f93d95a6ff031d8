//! Image sets in CIFAR's layout: binary batches for training, the last file for testing.

use super::{FileSet, Places};
use crate::{
    DataError, Pixels, RawDataset, RawSplit,
    format::cifar::{self, Layout},
};

/// What the files must hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CifarBatches {
    /// How a record looks.
    pub(crate) layout: Layout,
    /// Records in each file for training.
    pub(crate) train_records: usize,
    /// Records in the file for testing.
    pub(crate) test_records: usize,
}

impl CifarBatches {
    /// Finds, reads and assembles a dataset whose last file is for testing.
    pub(crate) fn load(self, files: &FileSet, places: &Places) -> Result<RawDataset, DataError> {
        let read = files.read(places)?;
        let (test_file, train_files) = read.files.split_last().expect("a set has files");
        let mut train = (Vec::new(), Vec::new());
        let mut test = (Vec::new(), Vec::new());
        for file in train_files {
            let (images, labels) = (&mut train.0, &mut train.1);
            file.parse(|bytes| {
                cifar::append(bytes, self.layout, self.train_records, images, labels)
            })?;
        }
        test_file.parse(|bytes| {
            cifar::append(bytes, self.layout, self.test_records, &mut test.0, &mut test.1)
        })?;
        let split = |(images, labels)| RawSplit { images: Pixels::Bytes(images), labels };
        Ok(RawDataset::new(
            files.name,
            read.checksum,
            cifar::SHAPE,
            self.layout.classes,
            split(train),
            split(test),
        ))
    }
}
