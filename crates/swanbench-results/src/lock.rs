//! Which process trains a run.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use crate::Error;

/// The lock of one run. It is an advisory lock of the operating system on a file: a process that
/// dies, even by a kill or with the machine, leaves none behind.
#[derive(Debug)]
pub struct RunLock {
    path: PathBuf,
    file: File,
}

/// Holds a run until it is dropped.
#[derive(Debug)]
pub struct Locked {
    path: PathBuf,
    /// Open, it is the lock.
    _file: File,
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Who opened the file before still waits for this lock, and then looks whether the run is
        // done. A file that stays is in nobody's way.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl RunLock {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(Error::io("open", path))?;
        Ok(Self { path: path.to_path_buf(), file })
    }

    /// Whether another process has the run.
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self.file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// Takes the run. `None` if another process has it.
    ///
    /// Returns an error if the file system has no locks.
    pub fn try_take(self) -> Result<Option<Locked>, Error> {
        match self.file.try_lock() {
            Ok(()) => Ok(Some(Locked { path: self.path, _file: self.file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", &self.path)(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_taken_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let open = || RunLock::open(&folder.path().join("run.lock")).expect("a file");
        let first = open().try_take().expect("locks").expect("free");
        assert!(open().try_take().expect("locks").is_none(), "taken");
        let second = open();
        drop(first);
        second.try_take().expect("locks").expect("free again");
    }
}
