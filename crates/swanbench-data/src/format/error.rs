//! Problems with the content of a data file.

use std::io;

use thiserror::Error;

/// A problem with the content of a data file, whose name is in the error around it.
#[derive(Debug, Error)]
pub enum FormatError {
    #[error("its gzip stream is cut off; fetch the file again")]
    GzipCutOff,
    #[error("its gzip stream is damaged; fetch the file again")]
    GzipDamaged(#[source] io::Error),
    #[error("it is a damaged archive; fetch it again")]
    ArchiveDamaged(#[source] io::Error),
    #[error("it is an archive without `{member}`")]
    ArchiveLacks { member: &'static str },
    /// A file larger than those of any dataset.
    #[error("it holds more than {limit} bytes, the most that a data file may unpack to")]
    TooLarge { limit: u64 },
    #[error("it ends after {found} bytes, within its header of {expected}")]
    HeaderCutOff { found: usize, expected: usize },
    /// Not IDX, or IDX of something else: `found` and `expected` are the first four bytes.
    #[error(
        "it starts with {found:#010x}, expected {expected:#010x} (IDX of unsigned bytes, \
         {dimensions} dimensions)"
    )]
    Magic { found: u32, expected: u32, dimensions: usize },
    /// Another number of bytes after the header than the product of its dimensions.
    #[error("it holds {found} bytes of data, but its header announces {announced}")]
    Size { found: usize, announced: u128 },
    /// Images of other rows and columns than the dataset's.
    #[error(
        "its images are {}x{} pixels, expected {}x{}", found[0], found[1], expected[0], expected[1]
    )]
    ImageSize { found: [usize; 2], expected: [usize; 2] },
    /// A batch of CIFAR with too few or too many bytes; `record` is the bytes per record.
    #[error(
        "it holds {found} bytes, expected {} ({records} records of {record} bytes)",
        records * record
    )]
    Records { found: usize, records: usize, record: usize },
    #[error("it holds no examples")]
    Empty,
    /// A label that no class has.
    #[error("its example {example} has label {label}, expected 0 to {}", classes - 1)]
    Label { example: usize, label: u8, classes: usize },
}
