//! Datasets in MNIST's format: two IDX files for training, two for testing.

use swanbench_spec::{ComponentConfig, ComponentInfo};

use crate::{
    DataDirs, DataError, DatasetDef, FileSet, Pixels, RawDataset, RawSplit, files::Contents,
    format::idx,
};

/// Names of the four files: images and labels for training, images and labels for testing.
pub const IDX_FILES: &[&str] = &[
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// A dataset in MNIST's format.
#[derive(Debug, Clone, Copy)]
pub struct IdxDataset {
    /// The files, with the names of [`IDX_FILES`].
    pub files: FileSet,
    /// What the files must hold.
    pub images: IdxImages,
}

/// Size and classes of the images in IDX files.
#[derive(Debug, Clone, Copy)]
pub struct IdxImages {
    /// Rows and columns of an image.
    pub size: [usize; 2],
    /// Labels are below this.
    pub classes: usize,
}

impl DatasetDef for IdxDataset {
    fn info(&self) -> ComponentInfo {
        self.files.info()
    }

    fn load(&self, _config: &ComponentConfig, dirs: &DataDirs) -> Result<RawDataset, DataError> {
        let read = self.files.read(dirs)?;
        let files = read.files.try_into().expect("MNIST's format has four files");
        self.images.parse(self.files.name, &files, read.checksum)
    }

    fn files(&self) -> Option<&FileSet> {
        Some(&self.files)
    }
}

impl IdxImages {
    /// Parses the content of the four files.
    pub(crate) fn parse(
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
