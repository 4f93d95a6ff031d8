//! Training curves as TensorBoard reads them: one folder per run, with one file of events per sweep
//! that trained it.
//!
//! The format is TensorFlow's: records (`tensorflow/core/lib/io/record_writer.h`: length, masked
//! CRC-32C, data, masked CRC-32C) of `Event` messages (`event.proto`, `summary.proto`), of which
//! six fields are written here by hand: no maintained library exists for it.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use swanbench_spec::{Epoch, RunSpec};

use super::event::Event;
use crate::title::title;

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

    /// Writes epochs; no other event is a point on a curve.
    pub fn event(&mut self, event: &Event<'_>) -> anyhow::Result<()> {
        match event {
            Event::Epoch(run, epoch) => {
                if !self.files.contains_key(&run.id) {
                    self.files.insert(run.id.clone(), EventFile::create(&self.folder, run)?);
                }
                self.files.get_mut(&run.id).expect("created above").write_epoch(epoch)
            }
            Event::Done { run, .. } | Event::Failed { run, .. } | Event::Interrupted(run) => {
                self.files.remove(&run.id);
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
    fn create(folder: &Path, run: &RunSpec) -> anyhow::Result<Self> {
        // A label may hold any letter, a folder's name may not, and file systems limit its length.
        let name = title(run).replace(['/', '\\'], "-");
        let name: String = name.chars().take(60).collect();
        let folder = folder.join(format!("{name} {}", run.id));
        let (now, process) = (seconds(), process::id());
        let path = folder.join(format!("events.out.tfevents.{now:.0}.swanbench.{process}"));
        let created = fs::create_dir_all(&folder).and_then(|()| File::create(&path));
        let file = created.with_context(|| format!("cannot create `{}`", path.display()))?;
        let mut events = Self { file, path };
        events.write(&Message::default().double(1, now).bytes(3, VERSION))?;
        Ok(events)
    }

    fn write_epoch(&mut self, epoch: &Epoch) -> anyhow::Result<()> {
        let scalars = [
            ("train_loss", epoch.train_loss),
            ("penalty", epoch.penalty),
            ("val_accuracy", epoch.val_accuracy),
            ("activity", epoch.activity),
        ];
        let summary = scalars.into_iter().fold(Message::default(), |summary, (tag, value)| {
            let value = Message::default().bytes(1, tag.as_bytes()).float(2, value as f32);
            summary.bytes(1, &value.0)
        });
        let event = Message::default().double(1, seconds()).number(2, epoch.epoch.into());
        self.write(&event.bytes(5, &summary.0))
    }

    fn write(&mut self, event: &Message) -> anyhow::Result<()> {
        let written = self.file.write_all(&record(&event.0));
        written.with_context(|| format!("cannot write `{}`", self.path.display()))
    }
}

/// Returns the seconds since 1970.
fn seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// The content of the first event of a file.
const VERSION: &[u8] = b"brain.Event:2";

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

/// A message in the wire format of protocol buffers, field after field.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn double(mut self, field: u8, value: f64) -> Self {
        self.0.push(field << 3 | 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    fn float(mut self, field: u8, value: f32) -> Self {
        self.0.push(field << 3 | 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    fn number(mut self, field: u8, value: u64) -> Self {
        self.0.push(field << 3);
        self.variable(value);
        self
    }

    fn bytes(mut self, field: u8, value: &[u8]) -> Self {
        self.0.push(field << 3 | 2);
        self.variable(value.len() as u64);
        self.0.extend(value);
        self
    }

    /// Writes seven bits per byte, the lowest first, with the high bit set if more follow.
    fn variable(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_wire_format() {
        // The examples of the format's own description: 150 in field 1, "testing" in field 2.
        assert_eq!(Message::default().number(1, 150).0, [0x08, 0x96, 0x01]);
        let text = Message::default().bytes(2, b"testing").0;
        assert_eq!(text, *b"\x12\x07testing");
        assert_eq!(Message::default().float(2, 1.0).0, [0x15, 0, 0, 0x80, 0x3f]);
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
