//! Image sets in MNIST's layout: two IDX files for training, two for testing.

use super::{Contents, FileSet, Member, Places};
use crate::{DataError, Pixels, RawDataset, RawSplit, format::idx};

/// The names of the four files, of whose unpacked content nothing is recorded.
pub(crate) const IDX_IMAGES: &[Member] = &[
    Member { name: "train-images-idx3-ubyte", sha256: None },
    Member { name: "train-labels-idx1-ubyte", sha256: None },
    Member { name: "t10k-images-idx3-ubyte", sha256: None },
    Member { name: "t10k-labels-idx1-ubyte", sha256: None },
];

/// What the files must hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdxImages {
    /// Rows and columns of an image.
    pub(crate) size: [usize; 2],
    /// Labels are below this.
    pub(crate) classes: usize,
}

impl IdxImages {
    /// Finds, reads and assembles a dataset.
    pub(crate) fn load(self, files: &FileSet, places: &Places) -> Result<RawDataset, DataError> {
        let read = files.read(places)?;
        let contents = read.files.try_into().expect("a set in MNIST's layout has four files");
        self.assemble(files.name, &contents, read.checksum)
    }

    /// The dataset in four files: images and labels of train, images and labels of test.
    pub(crate) fn assemble(
        self,
        name: &'static str,
        files: &[Contents; 4],
        revision: String,
    ) -> Result<RawDataset, DataError> {
        let [train_images, train_labels, test_images, test_labels] = files;
        let train = self.split(train_images, train_labels)?;
        let test = self.split(test_images, test_labels)?;
        let shape = [1, self.size[0], self.size[1]];
        Ok(RawDataset::new(name, revision, shape, self.classes, train, test))
    }

    fn split(self, images: &Contents, labels: &Contents) -> Result<RawSplit, DataError> {
        let pixels = images.parse(|bytes| idx::images(bytes, self.size))?;
        let classes = labels.parse(|bytes| idx::labels(bytes, self.classes))?;
        let image_count = pixels.len() / (self.size[0] * self.size[1]);
        if image_count != classes.len() {
            return Err(DataError::CountsDiffer {
                images: images.file.clone(),
                image_count,
                labels: labels.file.clone(),
                label_count: classes.len(),
            });
        }
        Ok(RawSplit { images: Pixels::Bytes(pixels.to_vec()), labels: classes.to_vec() })
    }
}
