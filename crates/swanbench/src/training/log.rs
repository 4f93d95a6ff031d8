//! What happens in a sweep, one line of JSON per event: for scripts, and for later questions.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde_json::{Value, json};
use swanbench_spec::RunSpec;

use super::event::Event;
use crate::output::json_line;

/// Its name in an experiment's folder of results.
const LOG_FILE: &str = "log.jsonl";

/// Appends to the experiment's log; sweeps that run at the same time write whole lines in turn.
pub struct Log {
    file: File,
    path: PathBuf,
    /// Whether the lines go to standard error too.
    shown: bool,
}

impl Log {
    /// Opens the log in an experiment's folder of results.
    ///
    /// Returns an error if the file cannot be created.
    pub fn open(folder: &Path, shown: bool) -> anyhow::Result<Self> {
        let path = folder.join(LOG_FILE);
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.with_context(|| format!("cannot open `{}`", path.display()))?;
        Ok(Self { file, path, shown })
    }

    /// Writes that the sweep begins: `missing` of `all` runs are to be trained.
    pub fn started(&mut self, missing: usize, all: usize, jobs: usize) -> anyhow::Result<()> {
        self.write(json!({
            "event": "sweep-started",
            "missing": missing,
            "runs": all,
            "jobs": jobs,
            "version": env!("CARGO_PKG_VERSION"),
        }))
    }

    /// Writes what happened to a run.
    pub fn event(&mut self, event: &Event<'_>) -> anyhow::Result<()> {
        match line(event) {
            Some(line) => self.write(line),
            None => Ok(()),
        }
    }

    /// Writes that the sweep ends.
    pub fn ended(&mut self, failed: usize, interrupted: bool) -> anyhow::Result<()> {
        self.write(json!({ "event": "sweep-ended", "failed": failed, "interrupted": interrupted }))
    }

    fn write(&mut self, fields: Value) -> anyhow::Result<()> {
        let text = json_line(fields);
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

/// Joins the fields of two objects.
fn joined(mut first: Value, second: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut first, second) {
        fields.extend(more);
    }
    first
}

fn line(event: &Event<'_>) -> Option<Value> {
    let of_run = |run: &RunSpec, word: &str, fields: Value| {
        let RunSpec { id, label, target, seed, .. } = run;
        let line =
            json!({ "event": word, "run": id, "label": label, "target": target, "seed": seed });
        joined(line, fields)
    };
    Some(match event {
        Event::Started(run) => of_run(run, "run-started", json!({})),
        Event::Epoch(run, epoch) => of_run(run, "epoch", json!(epoch)),
        Event::TrainedElsewhere(run) => of_run(run, "run-trained-elsewhere", json!({})),
        Event::Done { run, record, device, .. } => {
            let fields = json!({
                "device": device,
                "wall_secs": record.wall_secs,
                "train_flops": record.train_flops,
                "evaluation": record.headline(),
            });
            of_run(run, "run-done", fields)
        }
        Event::Failed { run, failure, .. } => of_run(run, "run-failed", json!(failure)),
        Event::Interrupted(run) => of_run(run, "run-interrupted", json!({})),
        Event::Warning(text) => json!({ "event": "warning", "text": text }),
        // The sweep ends with it, and its message says it.
        Event::Broken(_) => return None,
    })
}
