//! The standard streams, which may be closed early, as `head` and a closed terminal do.

use std::{
    fmt::Arguments,
    io::{ErrorKind, Write, stderr, stdout},
};

use crate::exit;

/// Prints a line, and ends the command if nobody reads any more.
pub fn line(text: Arguments<'_>) {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit::now(0),
        // Anything else, such as a full disk behind a redirection, must not pass for success.
        Err(error) => {
            note(format_args!("error: cannot write to standard output: {error}"));
            exit::now(1);
        }
        Ok(()) => {}
    }
}

/// Prints a line on standard error. If nobody can read it, nothing else stops.
pub fn note(text: Arguments<'_>) {
    let _ = writeln!(stderr(), "{text}");
}
