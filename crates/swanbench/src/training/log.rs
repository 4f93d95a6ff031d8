//! The file of what happens in a sweep, one line of JSON per event: for scripts, for whoever follows
//! from another machine, and for later questions.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
};

use anyhow::Context;
use serde_json::json;

use super::log_line::LogLine;
use crate::output::json_line;

/// The name of a sweep's log in an experiment's folder of results.
pub const LOG_FILE: &str = "log.jsonl";

/// Appends to the experiment's log; sweeps that run at the same time write whole lines in turn.
pub struct Log {
    file: File,
    path: PathBuf,
    /// Whether the lines go to standard error too.
    shown: bool,
}

impl Log {
    /// Opens a log.
    ///
    /// Returns an error if the file cannot be created.
    pub fn open(path: PathBuf, shown: bool) -> anyhow::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.with_context(|| format!("cannot open `{}`", path.display()))?;
        Ok(Self { file, path, shown })
    }

    /// Writes a line.
    pub fn write(&mut self, line: &LogLine) -> anyhow::Result<()> {
        let text = json_line(json!(line));
        if self.shown {
            // If nobody reads it, nobody wants it.
            let _ = io::stderr().write_all(text.as_bytes());
        }
        // In one call, so that lines of several processes do not mix.
        self.file
            .write_all(text.as_bytes())
            .with_context(|| format!("cannot write `{}`", self.path.display()))
    }
}
