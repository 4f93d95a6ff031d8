//! What happens in a sweep, a line of JSON each: for scripts, and for whoever looks back.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use serde_json::{Value, json};
use swanbench_spec::RunSpec;

use crate::sweep::worker::Event;

/// Its name in an experiment's folder of results.
pub const LOG_FILE: &str = "log.jsonl";

/// Appends to the experiment's log; sweeps at once write whole lines in turn.
pub struct Log {
    file: File,
    path: PathBuf,
    /// Whether the lines go to standard error too.
    shown: bool,
}

impl Log {
    /// Opens the log in an experiment's folder of results.
    pub fn open(folder: &Path, shown: bool) -> anyhow::Result<Self> {
        let path = folder.join(LOG_FILE);
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.with_context(|| format!("cannot open `{}`", path.display()))?;
        Ok(Self { file, path, shown })
    }

    /// The sweep begins: `missing` of `all` runs are to be trained.
    pub fn started(&mut self, missing: usize, all: usize, jobs: usize) -> anyhow::Result<()> {
        self.write(&json!({
            "event": "sweep-started",
            "missing": missing,
            "runs": all,
            "jobs": jobs,
            "version": env!("CARGO_PKG_VERSION"),
        }))
    }

    /// Something happened in one of the launch's runs.
    pub fn event(&mut self, event: &Event, runs: &[&RunSpec]) -> anyhow::Result<()> {
        match line(event, runs) {
            Some(line) => self.write(&line),
            None => Ok(()),
        }
    }

    /// The sweep ends.
    pub fn ended(&mut self, failed: usize, interrupted: bool) -> anyhow::Result<()> {
        self.write(&json!({ "event": "sweep-ended", "failed": failed, "interrupted": interrupted }))
    }

    fn write(&mut self, fields: &Value) -> anyhow::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let mut line = json!({ "time": now });
        let all = line.as_object_mut().expect("an object was made here");
        all.extend(fields.as_object().expect("a line is an object").clone());
        let text = format!("{line}\n");
        if self.shown {
            // Whoever closed it does not want it.
            let _ = io::stderr().write_all(text.as_bytes());
        }
        // In one call, so that lines of several processes do not mix.
        self.file
            .write_all(text.as_bytes())
            .with_context(|| format!("cannot write `{}`", self.path.display()))
    }
}

fn line(event: &Event, runs: &[&RunSpec]) -> Option<Value> {
    let with_run = |index: usize, word: &str, fields: Value| {
        let run = runs[index];
        let mut line = json!({
            "event": word,
            "run": run.id,
            "label": run.label,
            "target": run.target,
            "seed": run.seed,
        });
        let all = line.as_object_mut().expect("an object was made here");
        all.extend(fields.as_object().expect("fields are an object").clone());
        line
    };
    Some(match event {
        Event::Started(index) => with_run(*index, "run-started", json!({})),
        Event::Epoch(index, epoch) => with_run(*index, "epoch", json!(epoch)),
        Event::Elsewhere(index) => with_run(*index, "run-trained-elsewhere", json!({})),
        Event::Finished(index, device, Ok(record), _) => {
            let headline = record.headline().map(|evaluation| json!(evaluation));
            let fields = json!({
                "device": device,
                "wall_secs": record.wall_secs,
                "train_flops": record.train_flops,
                "evaluation": headline,
            });
            with_run(*index, "run-done", fields)
        }
        Event::Finished(index, _, Err(failure), _) => {
            with_run(*index, "run-failed", json!(failure))
        }
        Event::Interrupted(index) => with_run(*index, "run-interrupted", json!({})),
        Event::Warning(text) => json!({ "event": "warning", "text": text }),
        // The sweep ends with it, and its message says it.
        Event::Broken(_) => return None,
    })
}
