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
    pub(crate) fn syntax(file: &str, error: &ScanError) -> Self {
        let (line, column) = (error.marker().line(), error.marker().col() + 1);
        Self::Syntax { file: file.to_owned(), line, column, reason: error.info().to_owned() }
    }
}
