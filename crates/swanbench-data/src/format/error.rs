//! What is wrong with the content of a data file.

use std::io;

use thiserror::Error;

/// What is wrong with the content of a data file. The file's name stands in the error around it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// A gzip stream that ends too soon.
    #[error("its gzip stream is cut off; fetch the file again")]
    GzipCutOff,

    /// A gzip stream that does not unpack.
    #[error("its gzip stream is damaged; fetch the file again")]
    GzipDamaged(#[source] io::Error),

    /// A gzipped tar archive that does not unpack.
    #[error("it is a damaged archive; fetch it again")]
    ArchiveDamaged(#[source] io::Error),

    /// An archive without one of the files that it should hold.
    #[error("it is an archive without `{member}`")]
    ArchiveLacks {
        /// The missing file.
        member: &'static str,
    },

    /// More than any dataset that is known here.
    #[error("it holds more than {limit} bytes, the most that a data file may unpack to")]
    TooLarge {
        /// In bytes.
        limit: u64,
    },

    /// A file that ends within its header.
    #[error("it ends after {found} bytes, within its header of {expected}")]
    HeaderCutOff {
        /// Bytes in the file.
        found: usize,
        /// Bytes of the header.
        expected: usize,
    },

    /// Not IDX, or IDX of something else.
    #[error(
        "it starts with {found:#010x}, expected {expected:#010x} (IDX of unsigned bytes, \
         {dimensions} dimensions)"
    )]
    Magic {
        /// The first four bytes, big-endian.
        found: u32,
        /// The same of the file that was expected.
        expected: u32,
        /// 1 for labels, 3 for images.
        dimensions: usize,
    },

    /// A header and a body that disagree.
    #[error("it holds {found} bytes of data, but its header announces {announced}")]
    Size {
        /// Bytes after the header.
        found: usize,
        /// Product of the dimensions in the header.
        announced: u128,
    },

    /// Images of another size than the dataset's.
    #[error(
        "its images are {}x{} pixels, expected {}x{}", found[0], found[1], expected[0], expected[1]
    )]
    ImageSize {
        /// Rows and columns in the file.
        found: [usize; 2],
        /// Rows and columns of the dataset.
        expected: [usize; 2],
    },

    /// A batch of CIFAR with too few or too many bytes.
    #[error(
        "it holds {found} bytes, expected {} ({records} records of {record} bytes)",
        records * record
    )]
    Records {
        /// Bytes in the file.
        found: usize,
        /// Records of the published file.
        records: usize,
        /// Bytes a record.
        record: usize,
    },

    /// A well-formed file without examples.
    #[error("it holds no examples")]
    Empty,

    /// A label that no class has.
    #[error("its example {example} has label {label}, expected 0 to {}", classes - 1)]
    Label {
        /// Counted from 0.
        example: usize,
        /// As found.
        label: u8,
        /// Classes of the dataset.
        classes: usize,
    },
}
