//! Runs the built command in a folder of its own.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

use tempfile::TempDir;
use zip::ZipArchive;

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
  - { kind: dense, label: narrow, shape: 1 }
  - dropout
  - { kind: magnitude, scope: unit }
  - { kind: magnitude, scope: weight }
  - swan
";

/// A temporary folder.
pub struct Folder(TempDir);

/// What a command printed, and how it ended.
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
        folder.write(name, text);
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    /// Returns the folder of the results of `tiny`.
    pub fn results(&self) -> PathBuf {
        self.path().join("results/tiny")
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

    /// Runs `swanbench` here, which must succeed.
    pub fn succeed(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", output.stderr);
        output
    }

    /// Sweeps `tiny.yaml`, which must succeed.
    pub fn sweep(&self, options: &[&str]) -> Output {
        self.succeed(&[&["sweep", "tiny.yaml"], options].concat())
    }

    /// Sweeps `tiny.yaml`, in which runs must fail.
    pub fn sweep_fails(&self, options: &[&str]) -> String {
        let output = self.run(&[&["sweep", "tiny.yaml"], options].concat());
        assert_eq!(output.status.code(), Some(1), "{}", output.stderr);
        assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
        output.stderr
    }

    /// Returns the evaluations of all finished runs by id, as bytes.
    pub fn measurements(&self) -> BTreeMap<String, Vec<u8>> {
        self.files("results/tiny", "evaluations.parquet")
    }

    /// Returns the curves of all finished runs by id, as bytes: they hold no times.
    pub fn metrics(&self, results: &str) -> BTreeMap<String, Vec<u8>> {
        self.files(results, "epochs.parquet")
    }

    /// Returns a member of the file of each finished run that has it, by the run's id.
    pub fn files(&self, results: &str, name: &str) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.path().join(results)).unwrap().map(Result::unwrap);
        let paths = entries.map(|entry| entry.path());
        let member = |path: PathBuf| {
            let id = path.file_name()?.to_str()?.strip_suffix(".zip")?.to_owned();
            let mut archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
            let mut content = Vec::new();
            archive.by_name(name).ok()?.read_to_end(&mut content).unwrap();
            Some((id, content))
        };
        paths.filter_map(member).collect()
    }
}

/// Asserts that a text contains another, and shows it otherwise.
#[track_caller]
pub fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "`{part}` is not in:\n{text}");
}
