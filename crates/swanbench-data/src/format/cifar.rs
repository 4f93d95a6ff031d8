//! The binary batches of CIFAR-10 and CIFAR-100.
//!
//! Records without a header: the label bytes (one for CIFAR-10; the coarse and then the fine label
//! for CIFAR-100), then 3,072 pixels, red, green and blue planes of 32x32. Source: Krizhevsky,
//! "Learning Multiple Layers of Features from Tiny Images" (2009), and the data sets' home page.

use super::FormatError;

/// Channels, rows and columns of an image.
pub(crate) const SHAPE: [usize; 3] = [3, 32, 32];
const PIXELS: usize = SHAPE[0] * SHAPE[1] * SHAPE[2];

/// Format of the records of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordFormat {
    /// Label bytes before the pixels; the last one is the label.
    pub(crate) label_bytes: usize,
    /// Labels are below this.
    pub(crate) classes: usize,
}

/// Adds the images and labels of one batch of exactly `records` records to those read before.
pub(crate) fn append(
    bytes: &[u8],
    format: RecordFormat,
    records: usize,
    images: &mut Vec<u8>,
    labels: &mut Vec<u8>,
) -> Result<(), FormatError> {
    let RecordFormat { label_bytes, classes } = format;
    let record = label_bytes + PIXELS;
    if bytes.len() != records * record {
        return Err(FormatError::Records { found: bytes.len(), records, record });
    }
    for (example, record) in bytes.chunks_exact(record).enumerate() {
        let (head, pixels) = record.split_at(label_bytes);
        let label = head[label_bytes - 1];
        if usize::from(label) >= classes {
            return Err(FormatError::Label { example, label, classes });
        }
        labels.push(label);
        images.extend_from_slice(pixels);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CIFAR10: RecordFormat = RecordFormat { label_bytes: 1, classes: 10 };
    const CIFAR100: RecordFormat = RecordFormat { label_bytes: 2, classes: 100 };

    fn read(
        bytes: &[u8],
        format: RecordFormat,
        records: usize,
    ) -> Result<(Vec<u8>, Vec<u8>), FormatError> {
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        append(bytes, format, records, &mut images, &mut labels)?;
        Ok((images, labels))
    }

    #[test]
    fn reads_the_label_and_planes_of_each_record() {
        let mut bytes = vec![7; 1];
        bytes.extend([1; PIXELS]);
        bytes.push(3);
        bytes.extend([2; PIXELS]);
        let (images, labels) = read(&bytes, CIFAR10, 2).unwrap();
        assert_eq!(labels, [7, 3]);
        assert_eq!(images, [[1; PIXELS], [2; PIXELS]].concat());
    }

    #[test]
    fn takes_the_fine_label_of_cifar_100() {
        let bytes = [&[19, 99][..], &[0; PIXELS]].concat();
        assert_eq!(read(&bytes, CIFAR100, 1).unwrap().1, [99]);
    }

    #[test]
    fn says_what_is_wrong() {
        let message = |bytes: &[u8], format| read(bytes, format, 1).unwrap_err().to_string();
        assert_eq!(
            message(&[0; PIXELS], CIFAR10),
            "it holds 3072 bytes, expected 3073 (1 records of 3073 bytes)"
        );
        assert_eq!(
            message(&[&[0, 100][..], &[0; PIXELS]].concat(), CIFAR100),
            "its example 0 has label 100, expected 0 to 99"
        );
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(
            seed in any::<u8>(),
            length in 0..2 * (PIXELS + 2),
            records in 0_usize..3,
            label_bytes in 1_usize..=2,
        ) {
            let bytes: Vec<u8> = (0..length).map(|at| (at as u8).wrapping_mul(seed)).collect();
            let format = RecordFormat { label_bytes, classes: 10 };
            if let Ok((images, labels)) = read(&bytes, format, records) {
                prop_assert_eq!(images.len(), labels.len() * PIXELS);
            }
        }
    }
}
