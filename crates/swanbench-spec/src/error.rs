//! Errors that stop an experiment before it is run.

use std::io;

use saphyr_parser::ScanError;

use crate::Problems;

/// Why an experiment cannot be run. Each text is complete: it names the file, the place and the
/// cause, and can be printed after `error: ` as it is.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// The file cannot be read.
    #[error("cannot read {file}: {cause}")]
    Unreadable {
        /// The file's path as it was given.
        file: String,
        /// What the operating system says. Part of the text, so not a source of its own.
        cause: io::Error,
    },
    /// The file is text in another encoding, or no text.
    #[error("{file} is {found}: save it as UTF-8")]
    Encoding {
        /// The file's path as it was given.
        file: String,
        /// The encoding, as far as it shows.
        found: &'static str,
    },
    /// The file is not YAML.
    #[error("{file}:{line}:{column}: not valid YAML: {reason}")]
    Syntax {
        /// The file's path as it was given.
        file: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in characters.
        column: usize,
        /// What the reader of YAML says.
        reason: String,
    },
    /// The file is YAML, but not an experiment that can be run.
    #[error(transparent)]
    Invalid(#[from] Problems),
}

impl SpecError {
    pub(crate) fn not_utf8(file: String, bytes: &[u8]) -> Self {
        let found = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "text in UTF-16",
            _ => "not text in UTF-8",
        };
        Self::Encoding { file, found }
    }

    pub(crate) fn syntax(file: &str, error: &ScanError) -> Self {
        let (line, column) = (error.marker().line(), error.marker().col() + 1);
        Self::Syntax { file: file.to_owned(), line, column, reason: error.info().to_owned() }
    }
}
