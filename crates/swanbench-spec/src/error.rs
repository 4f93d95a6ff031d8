//! Why an experiment cannot be run.

use std::io;

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
    #[error("{file}{place}: not valid YAML: {reason}")]
    Syntax {
        /// The file's path as it was given.
        file: String,
        /// `:line:column`, or nothing where the whole file is meant.
        place: String,
        /// What the reader of YAML says.
        reason: String,
    },
    /// The file is YAML, but not an experiment that can be run.
    #[error(transparent)]
    Invalid(#[from] Problems),
}

impl SpecError {
    pub(crate) fn syntax(file: &str, error: &serde_yaml::Error) -> Self {
        let mut reason = error.to_string();
        let mut place = String::new();
        if let Some(location) = error.location() {
            let (line, column) = (location.line(), location.column());
            place = format!(":{line}:{column}");
            // Said once, in front.
            reason = reason.replacen(&format!(" at line {line} column {column}"), "", 1);
        }
        Self::Syntax { file: file.to_owned(), place, reason }
    }
}
