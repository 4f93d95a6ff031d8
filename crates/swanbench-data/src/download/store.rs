//! Files that appear under their name only when they are complete.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Returns the path of a file that is not complete yet.
pub(super) fn part_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.part"))
}

/// Renames a complete file, in a way that survives a loss of power.
///
/// Returns an error if the file or the folder cannot be written.
pub(super) fn keep(folder: &Path, name: &str) -> io::Result<()> {
    let part = part_of(folder, name);
    File::open(&part)?.sync_all()?;
    fs::rename(part, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// Waits until no other process downloads into the folder. The lock ends with the file.
///
/// Returns an error if the folder cannot be written.
pub(super) fn lock(folder: &Path) -> io::Result<File> {
    let file = File::create(folder.join("fetch.lock"))?;
    match file.lock() {
        // Some network file systems have no locks; the checksums still protect the files there.
        Err(error) if error.kind() != io::ErrorKind::Unsupported => Err(error),
        _ => Ok(file),
    }
}
