//! How the command ends when it does not succeed.

use std::{fmt, process::ExitCode};

/// What a shell reports for a program that ended by Ctrl-C.
#[cfg(feature = "training")]
pub const INTERRUPTED: u8 = 130;

/// Why the command stops, with the exit status that says whose turn it is.
#[derive(Debug)]
pub enum Failure {
    /// Something that the user gave: a file, an option, a name. Nothing was trained or written.
    BadInput(anyhow::Error),
    /// Runs that failed, or results that could not be kept.
    Failed(anyhow::Error),
    /// Somebody stopped it; nothing is lost.
    #[cfg(feature = "training")]
    Interrupted(anyhow::Error),
}

impl Failure {
    /// 2 for bad input, 130 for Ctrl-C, 1 for the rest.
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

/// Marks an error as the user's to mend, or as a failure of the work.
pub trait ExitCodeExt<T> {
    fn bad_input(self) -> Result<T, Failure>;
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
