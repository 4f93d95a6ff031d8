//! Files that hold others, of a finished run or of packed results: ZIP archives, not compressed, whose
//! members any program can read.

use std::{
    fs::File,
    io::{BufReader, Cursor, ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
};

use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::Error;

/// How the names of these files end.
pub(crate) const KIND: &str = "zip";

/// Returns an archive of these members: the same bytes for the same members.
pub(crate) fn encode(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let write = || {
        for (name, content) in members {
            archive.start_file(*name, options)?;
            archive.write_all(content)?;
        }
        archive.finish().map(Cursor::into_inner)
    };
    write().expect("memory takes less than four gigabytes")
}

/// An archive that is read.
pub(crate) struct Archive {
    path: PathBuf,
    archive: ZipArchive<BufReader<File>>,
}

impl Archive {
    /// Opens an archive. `None` if there is none.
    ///
    /// Returns an error if it cannot be read, or is no archive.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", path)(error)),
        };
        let path = path.to_path_buf();
        match ZipArchive::new(BufReader::new(file)) {
            Ok(archive) => Ok(Some(Self { path, archive })),
            Err(source) => Err(Error::Archive { path, source }),
        }
    }

    /// Returns whether there is such a member.
    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// Reads a member, and compares it with its checksum. Parquet is read only in this way: what is
    /// damaged can make polars ask for more memory than there is, and stop the program.
    ///
    /// Returns an error if it is not there, or not what was written.
    pub fn read(&mut self, name: &str) -> Result<Vec<u8>, Error> {
        let mut content = Vec::new();
        let read = self.archive.by_name(name).and_then(|mut member| {
            member.read_to_end(&mut content)?;
            Ok(())
        });
        match read {
            Ok(()) => Ok(content),
            Err(source) => Err(Error::Archive { path: self.path.clone(), source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_back_and_damage_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.zip");
        assert!(Archive::open(&path).unwrap().is_none());
        let members = [("a", b"one".to_vec()), ("b", b"two, and more".to_vec())];
        let mut content = encode(&members);
        assert_eq!(content, encode(&members));
        std::fs::write(&path, &content).unwrap();
        let mut file = Archive::open(&path).unwrap().unwrap();
        assert!(file.has("a") && !file.has("c"));
        assert_eq!(file.read("b").unwrap(), members[1].1);
        assert!(file.read("c").unwrap_err().to_string().ends_with("sweep again"));

        let place = content.windows(3).position(|part| part == b"two").unwrap();
        content[place] ^= 1;
        std::fs::write(&path, &content).unwrap();
        let mut file = Archive::open(&path).unwrap().unwrap();
        assert_eq!(file.read("a").unwrap(), b"one");
        let error = file.read("b").unwrap_err().to_string();
        assert!(error.contains("run.zip` is not what was written"), "{error}");
        std::fs::write(&path, &content[..content.len() / 2]).unwrap();
        assert!(Archive::open(&path).is_err());
    }
}
