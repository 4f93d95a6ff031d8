//! The standard streams, which may be closed early, as `head` and a closed terminal do.

use std::{
    fmt::Arguments,
    io::{ErrorKind, Write, stderr, stdout},
    sync::atomic::{AtomicBool, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use crate::exit;

/// Whether standard error has lines of JSON only.
static JSON: AtomicBool = AtomicBool::new(false);

/// Writes lines of JSON on standard error from now on.
pub fn set_json() {
    JSON.store(true, Ordering::Relaxed);
}

/// Returns the fields of an event with the seconds since 1970 as one line of JSON.
pub fn json_line(mut event: Value) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    event["time"] = json!(now);
    format!("{event}\n")
}

/// Prints a line, and ends the command if nobody reads any more.
pub fn line(text: Arguments<'_>) {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit::now(0),
        // Anything else, such as a full disk behind a redirection, must not pass for success.
        Err(cause) => {
            error(1, format_args!("cannot write to standard output: {cause}"));
            exit::now(1);
        }
        Ok(()) => {}
    }
}

/// Prints a line on standard error. If nobody can read it, nothing else stops.
#[cfg(feature = "training")]
pub fn note(text: Arguments<'_>) {
    write(text, || json!({ "event": "note", "text": text.to_string() }));
}

/// Prints why the command ends with this status.
pub fn error(status: u8, text: Arguments<'_>) {
    let event = || json!({ "event": "error", "text": text.to_string(), "status": status });
    write(format_args!("error: {text}"), event);
}

fn write(text: Arguments<'_>, event: impl Fn() -> Value) {
    let line = if JSON.load(Ordering::Relaxed) { json_line(event()) } else { format!("{text}\n") };
    let _ = stderr().write_all(line.as_bytes());
}
