//! Runs the built command in a folder of its own.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, ExitStatus},
};

use tempfile::TempDir;

/// Every method once, in seconds.
pub const TINY: &str = "\
name: tiny
data: { kind: mnist-5k, limit: 300 }
model: { kind: mlp, hidden: [12, 8] }
train: { epochs: 4, recovery_epochs: 1, batch_size: 32 }
seeds: [0, 1]
targets: [0.25]
methods:
  - dense
  - { kind: dense, label: narrow, width: $target }
  - dropout
  - { kind: magnitude, scope: unit }
  - { kind: magnitude, scope: weight }
  - swan
";

pub struct Folder(TempDir);

pub struct Output {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn with(name: &str, text: &str) -> Self {
        let folder = Self::new();
        fs::write(folder.path().join(name), text).unwrap();
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs `swanbench` here.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_swanbench"))
            .args(arguments)
            .current_dir(self.path())
            .env("XDG_CACHE_HOME", self.path().join("cache"))
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Output { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The evaluations of all finished runs by id, as bytes.
    pub fn measurements(&self) -> BTreeMap<String, Vec<u8>> {
        self.files("results/tiny", "evaluations.parquet")
    }

    /// The curves of all finished runs by id, as bytes: they hold no times.
    pub fn metrics(&self, results: &str) -> BTreeMap<String, Vec<u8>> {
        self.files(results, "epochs.parquet")
    }

    fn files(&self, results: &str, name: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(self.path().join(results)).unwrap() {
            let run = entry.unwrap();
            if let Ok(content) = fs::read(run.path().join(name)) {
                found.insert(run.file_name().to_string_lossy().into_owned(), content);
            }
        }
        found
    }
}
