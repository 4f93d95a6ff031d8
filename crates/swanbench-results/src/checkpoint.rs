//! The file of a checkpoint: a line with the checksum of the rest, and the rest.

use std::path::Path;

use crate::{Error, checksums::checksum, files};

/// Hexadecimal digits of a SHA-256.
const DIGITS: usize = 64;

/// Writes the content behind its checksum.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut file = checksum(content).into_bytes();
    file.push(b'\n');
    file.extend_from_slice(content);
    files::replace_file(path, &file)
}

/// Reads the content. `None` if there is no file. A damaged file is moved aside and named.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    if !path.exists() {
        return Ok(None);
    }
    let mut file = files::read(path)?;
    let content = file.split_off(file.len().min(DIGITS + 1));
    if file == format!("{}\n", checksum(&content)).as_bytes() {
        return Ok(Some(content));
    }
    Err(files::move_aside(path)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_written_is_read_and_damage_is_moved_aside() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("run.checkpoint");
        assert_eq!(read(&path).expect("no file is no error"), None);
        write(&path, b"weights").expect("written");
        assert_eq!(read(&path).expect("read").as_deref(), Some(&b"weights"[..]));

        let whole = fs::read(&path).expect("readable");
        for damaged in [&whole[..whole.len() - 1], &whole[..10], b"", &[&whole[..], b"x"].concat()]
        {
            fs::write(&path, damaged).expect("written");
            let error = read(&path).expect_err("damaged").to_string();
            assert!(error.contains("run.checkpoint` is damaged"), "{error}");
            assert!(!path.exists() && folder.path().join("run.checkpoint.damaged").exists());
        }
    }
}
