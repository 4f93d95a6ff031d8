//! Files that appear under their name only when they are whole.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// The name of a file that is not whole yet.
pub(super) fn part_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.part"))
}

/// Gives a whole file its name, so that it has it or not even after a loss of power.
pub(super) fn keep(part: &Path, folder: &Path, name: &str) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// The sha256 of a file as it lies there, in hexadecimal.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(format!("{:x}", hasher.finalize())),
            count => hasher.update(&piece[..count]),
        }
    }
}

/// Waits until no other process fetches into the folder. The lock ends with the file.
pub(super) fn lock(folder: &Path) -> io::Result<File> {
    let file = File::create(folder.join("fetch.lock"))?;
    match file.lock() {
        // Some network file systems have no locks; the checksums still stand guard there.
        Err(error) if error.kind() != io::ErrorKind::Unsupported => Err(error),
        _ => Ok(file),
    }
}
