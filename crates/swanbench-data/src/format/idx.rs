//! IDX, the format of MNIST and of the sets made in its likeness.
//!
//! Two zero bytes, the type of the elements (0x08 for unsigned bytes), the number of dimensions,
//! each dimension as a big-endian `u32`, then the elements in row-major order. Source: "The
//! MNIST database of handwritten digits", <http://yann.lecun.com/exdb/mnist/>.

use super::FormatError;

/// Parses the pixels of all images, `[count, rows, columns]`; `size` is the expected rows and
/// columns.
///
/// Returns an error if the file is malformed, empty, or has images of another size.
pub(crate) fn images(bytes: &[u8], size: [usize; 2]) -> Result<&[u8], FormatError> {
    let ([_, rows, columns], pixels) = elements::<3>(bytes)?;
    if [rows, columns] != size {
        return Err(FormatError::ImageSize { found: [rows, columns], expected: size });
    }
    if pixels.is_empty() { Err(FormatError::Empty) } else { Ok(pixels) }
}

/// Parses the labels, one per example, each below `classes`.
///
/// Returns an error if the file is malformed, empty, or has other labels.
pub(crate) fn labels(bytes: &[u8], classes: usize) -> Result<&[u8], FormatError> {
    let (_, labels) = elements::<1>(bytes)?;
    match labels.iter().position(|label| usize::from(*label) >= classes) {
        Some(example) => Err(FormatError::Label { example, label: labels[example], classes }),
        None if labels.is_empty() => Err(FormatError::Empty),
        None => Ok(labels),
    }
}

/// Parses the dimensions and the elements of a file of unsigned bytes.
fn elements<const DIMENSIONS: usize>(
    bytes: &[u8],
) -> Result<([usize; DIMENSIONS], &[u8]), FormatError> {
    let header = 4 + 4 * DIMENSIONS;
    if bytes.len() < header {
        return Err(FormatError::HeaderCutOff { found: bytes.len(), expected: header });
    }
    let word = |position: usize| {
        let start = 4 * position;
        u32::from_be_bytes([bytes[start], bytes[start + 1], bytes[start + 2], bytes[start + 3]])
    };
    let expected = 0x0800 + DIMENSIONS as u32;
    if word(0) != expected {
        return Err(FormatError::Magic { found: word(0), expected, dimensions: DIMENSIONS });
    }
    let dimensions = std::array::from_fn(|dimension| word(1 + dimension) as usize);
    // Three u32 multiply to less than 2^96.
    let announced = dimensions.iter().map(|length| *length as u128).product();
    let found = bytes.len() - header;
    if found as u128 != announced {
        return Err(FormatError::Size { found, announced });
    }
    Ok((dimensions, &bytes[header..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two images of 1x3 pixels.
    const IMAGES: [u8; 22] =
        [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60];
    /// Three labels.
    const LABELS: [u8; 11] = [0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1];

    #[test]
    fn reads_images_and_labels() {
        assert_eq!(images(&IMAGES, [1, 3]).unwrap(), [10, 20, 30, 40, 50, 60]);
        assert_eq!(labels(&LABELS, 3).unwrap(), [2, 0, 1]);
    }

    #[test]
    fn says_what_is_wrong() {
        let message = |result: Result<&[u8], FormatError>| result.unwrap_err().to_string();
        assert_eq!(
            message(images(&IMAGES[..9], [1, 3])),
            "it ends after 9 bytes, within its header of 16"
        );
        assert_eq!(
            message(images(&LABELS, [1, 3])),
            "it ends after 11 bytes, within its header of 16"
        );
        assert_eq!(
            message(labels(&IMAGES, 3)),
            "it starts with 0x00000803, expected 0x00000801 (IDX of unsigned bytes, 1 dimensions)"
        );
        assert_eq!(
            message(images(&IMAGES[..20], [1, 3])),
            "it holds 4 bytes of data, but its header announces 6"
        );
        assert_eq!(
            message(labels(&[&LABELS[..], &[0]].concat(), 3)),
            "it holds 4 bytes of data, but its header announces 3"
        );
        assert_eq!(message(images(&IMAGES, [28, 28])), "its images are 1x3 pixels, expected 28x28");
        assert_eq!(message(labels(&LABELS, 2)), "its example 0 has label 2, expected 0 to 1");
        assert_eq!(message(labels(&[0, 0, 8, 1, 0, 0, 0, 0], 2)), "it holds no examples");
    }

    #[test]
    fn a_header_of_huge_sizes_is_only_compared() {
        let mut claims = IMAGES;
        claims[4..16].fill(0xff);
        let error = images(&claims, [1, 3]).unwrap_err();
        let announced = u128::from(u32::MAX).pow(3);
        assert!(matches!(error, FormatError::Size { found: 6, announced: a } if a == announced));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = images(&bytes, [1, 3]);
            let _ = labels(&bytes, 3);
        }

        #[test]
        fn changes_of_a_good_file_never_panic(
            changes in prop::collection::vec((0..IMAGES.len(), any::<u8>()), 1..4),
            length in 0..=IMAGES.len(),
        ) {
            let mut bytes = IMAGES;
            for (position, value) in changes {
                bytes[position] = value;
            }
            if let Ok(pixels) = images(&bytes[..length], [1, 3]) {
                prop_assert_eq!(pixels.len() % 3, 0);
            }
        }
    }
}
