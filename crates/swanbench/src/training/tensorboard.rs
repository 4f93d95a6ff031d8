//! Training curves as TensorBoard reads them: one folder per run, with one file of events per sweep
//! that trained it.
//!
//! The format is TensorFlow's: records (`tensorflow/core/lib/io/record_writer.h`: length, masked
//! CRC-32C, data, masked CRC-32C) of `Event` messages (`event.proto`, `summary.proto`), of which
//! some fields are written. No maintained library exists for it.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use prost::{Message, Oneof};
use swanbench_spec::Epoch;

use super::log_line::{LogLine, RunName};

/// Writes curves below an experiment's folder of results.
pub struct TensorBoard {
    folder: PathBuf,
    /// By the id of a run.
    files: HashMap<String, EventFile>,
}

impl TensorBoard {
    /// Touches no disk: the first epoch creates what does not exist.
    pub fn new(results: &Path) -> Self {
        Self { folder: results.join("tensorboard"), files: HashMap::new() }
    }

    /// Writes epochs; no other line is a point on a curve.
    pub fn line(&mut self, line: &LogLine) -> anyhow::Result<()> {
        match line {
            LogLine::Epoch { run, epoch } => {
                if !self.files.contains_key(&run.run) {
                    self.files.insert(run.run.clone(), EventFile::create(&self.folder, run)?);
                }
                self.files.get_mut(&run.run).expect("created above").write_epoch(epoch)
            }
            LogLine::RunDone { run, .. }
            | LogLine::RunFailed { run, .. }
            | LogLine::RunInterrupted { run } => {
                self.files.remove(&run.run);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// The open file of one run.
struct EventFile {
    file: File,
    path: PathBuf,
}

impl EventFile {
    fn create(folder: &Path, run: &RunName) -> anyhow::Result<Self> {
        // A label may hold any letter, a folder's name may not, and file systems limit its length.
        let name = run.title().replace(['/', '\\'], "-");
        let name: String = name.chars().take(60).collect();
        let folder = folder.join(format!("{name} {}", run.run));
        let (now, process) = (seconds(), process::id());
        let path = folder.join(format!("events.out.tfevents.{now:.0}.swanbench.{process}"));
        let created = fs::create_dir_all(&folder).and_then(|()| File::create(&path));
        let file = created.with_context(|| format!("cannot create `{}`", path.display()))?;
        let mut events = Self { file, path };
        events.write(0, Content::FileVersion(VERSION.to_owned()))?;
        Ok(events)
    }

    fn write_epoch(&mut self, epoch: &Epoch) -> anyhow::Result<()> {
        let scalars = [
            ("train_loss", epoch.train_loss),
            ("penalty", epoch.penalty),
            ("val_accuracy", epoch.val_accuracy),
            ("activity", epoch.activity),
        ];
        let scalar =
            |(tag, value): (&str, f64)| Scalar { tag: tag.to_owned(), simple_value: value as f32 };
        let summary = Summary { value: scalars.into_iter().map(scalar).collect() };
        self.write(epoch.epoch.into(), Content::Summary(summary))
    }

    fn write(&mut self, step: i64, content: Content) -> anyhow::Result<()> {
        let event = EventMessage { wall_time: seconds(), step, content: Some(content) };
        let written = self.file.write_all(&record(&event.encode_to_vec()));
        written.with_context(|| format!("cannot write `{}`", self.path.display()))
    }
}

/// Returns the seconds since 1970.
fn seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// The content of the first event of a file.
const VERSION: &str = "brain.Event:2";

/// Puts data between its length and its checksums.
fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let mut record = length.to_vec();
    record.extend(masked(crc32c::crc32c(&length)).to_le_bytes());
    record.extend(data);
    record.extend(masked(crc32c::crc32c(data)).to_le_bytes());
    record
}

/// Rotates and shifts a checksum, since that of data that holds its own checksum says little.
fn masked(checksum: u32) -> u32 {
    checksum.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// `Event` of `event.proto`.
#[derive(Clone, PartialEq, Message)]
struct EventMessage {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(oneof = "Content", tags = "3, 5")]
    content: Option<Content>,
}

#[derive(Clone, PartialEq, Oneof)]
enum Content {
    #[prost(string, tag = "3")]
    FileVersion(String),
    #[prost(message, tag = "5")]
    Summary(Summary),
}

/// `Summary` of `summary.proto`.
#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Scalar>,
}

/// `Summary.Value` of `summary.proto`.
#[derive(Clone, PartialEq, Message)]
struct Scalar {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, tag = "2")]
    simple_value: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_the_fields_of_the_format() {
        let version = Content::FileVersion("v".to_owned());
        let event = EventMessage { wall_time: 1.0, step: 0, content: Some(version) };
        assert_eq!(event.encode_to_vec(), *b"\x09\0\0\0\0\0\0\xf0\x3f\x1a\x01v");
        let value = vec![Scalar { tag: "a".to_owned(), simple_value: 1.0 }];
        let content = Some(Content::Summary(Summary { value }));
        let event = EventMessage { wall_time: 0.0, step: 150, content };
        let expected = b"\x10\x96\x01\x2a\x0a\x0a\x08\x0a\x01a\x15\0\0\x80\x3f";
        assert_eq!(event.encode_to_vec(), *expected);
    }

    #[test]
    fn a_record_has_its_length_and_masked_checksums() {
        // CRC-32C of "123456789" is e3069283 (RFC 3720, appendix B.4 has the polynomial).
        assert_eq!(crc32c::crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(masked(0), 0xa282_ead8);
        let record = record(b"123456789");
        assert_eq!(record[..8], 9_u64.to_le_bytes());
        assert_eq!(record[12..21], *b"123456789");
        let rotated = 0x2507_c60d_u32;
        assert_eq!(record[21..], rotated.wrapping_add(0xa282_ead8).to_le_bytes());
        assert_eq!(record.len(), 25);
    }
}
