//! Standard output, which may be closed early, as `head` does.

use std::{
    fmt::Arguments,
    io::{ErrorKind, Write, stdout},
    process,
};

/// Prints a line, and ends the command if nobody reads any more.
pub fn line(text: Arguments<'_>) {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => process::exit(0),
        // Anything else, such as a full disk behind a redirection, must not pass for success.
        Err(error) => {
            eprintln!("error: cannot write to standard output: {error}");
            process::exit(1);
        }
        Ok(()) => {}
    }
}
