//! Errors of the command, with the exit status of each.

use std::{fmt, process::ExitCode};

/// The exit status that a shell reports for a program that ended by Ctrl-C.
#[cfg(feature = "training")]
pub const INTERRUPTED: u8 = 130;

/// Why the command stops. The exit status tells whether the user can correct it.
#[derive(Debug)]
pub enum Failure {
    /// Wrong input: a file, an option, a name. Nothing was trained or written.
    BadInput(anyhow::Error),
    /// Runs that failed, or results that could not be stored.
    Failed(anyhow::Error),
    /// The user stopped it; nothing is lost.
    #[cfg(feature = "training")]
    Interrupted(anyhow::Error),
}

impl Failure {
    /// Returns 2 for bad input, 130 for Ctrl-C, 1 for the rest.
    pub fn status(&self) -> ExitCode {
        match self {
            Self::BadInput(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::from(1),
            #[cfg(feature = "training")]
            Self::Interrupted(_) => ExitCode::from(INTERRUPTED),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match self {
            Self::BadInput(error) | Self::Failed(error) => error,
            #[cfg(feature = "training")]
            Self::Interrupted(error) => error,
        };
        // The alternate form is the chain of causes, each once.
        write!(f, "{error:#}")
    }
}

/// Conversions of errors that choose the exit status.
pub trait ExitCodeExt<T> {
    /// Marks an error as one of the user's input: status 2.
    fn bad_input(self) -> Result<T, Failure>;
    /// Marks an error as one of the work itself: status 1.
    fn failed(self) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> ExitCodeExt<T> for Result<T, E> {
    fn bad_input(self) -> Result<T, Failure> {
        self.map_err(|error| Failure::BadInput(error.into()))
    }

    fn failed(self) -> Result<T, Failure> {
        self.map_err(|error| Failure::Failed(error.into()))
    }
}
