//! Errors of the command, with the exit status of each.

use std::fmt;

/// The exit status that a shell reports for a program that ended by Ctrl-C.
#[cfg(feature = "training")]
pub const INTERRUPTED: u8 = 130;

/// Ends the process without the destructors of libraries: those of libtorch crash while one of its
/// threads still works.
pub fn now(status: u8) -> ! {
    signal_hook::low_level::exit(status.into())
}

/// Why the command stops, and its exit status.
#[derive(Debug)]
pub struct CommandError {
    error: anyhow::Error,
    status: u8,
}

impl CommandError {
    /// Makes an error with an exit status of its own.
    pub fn new(error: impl Into<anyhow::Error>, status: u8) -> Self {
        Self { error: error.into(), status }
    }

    /// Returns 2 for bad input, 130 for Ctrl-C, 1 for the rest.
    pub fn status(&self) -> u8 {
        self.status
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The alternate form is the chain of causes, each once.
        write!(f, "{:#}", self.error)
    }
}

/// Conversions of errors that choose the exit status.
pub trait ExitCodeExt<T> {
    /// Marks an error as wrong input (a file, an option, a name): status 2, nothing was written.
    fn bad_input(self) -> Result<T, CommandError>;
    /// Marks an error as one of the work itself, such as runs that failed: status 1.
    fn failed(self) -> Result<T, CommandError>;
}

impl<T, E: Into<anyhow::Error>> ExitCodeExt<T> for Result<T, E> {
    fn bad_input(self) -> Result<T, CommandError> {
        self.map_err(|error| CommandError::new(error, 2))
    }

    fn failed(self) -> Result<T, CommandError> {
        self.map_err(|error| CommandError::new(error, 1))
    }
}
