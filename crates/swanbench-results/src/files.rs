//! Files and folders that are either there in full or not there at all.

use std::{
    fs::{self, File},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use crate::Error;

/// How the names of drafts start.
pub(crate) const DRAFT: &str = ".unfinished-";
/// How the names of what was moved aside end.
pub(crate) const DAMAGED: &str = "damaged";

/// Writes `content` to `path`, whose folder must exist. Readers see the old file or the new one,
/// never half of it, even when the machine stops in between.
///
/// Returns an error that names `path`; what was there before is then untouched.
pub fn replace_file(path: &Path, content: &[u8]) -> Result<(), Error> {
    let folder = parent(path);
    // As any other new file, not one for its owner only.
    let permissions = fs::Permissions::from_mode(0o666);
    let mut draft = tempfile::Builder::new()
        .prefix(DRAFT)
        .permissions(permissions)
        .tempfile_in(folder)
        .map_err(Error::io("write into", folder))?;
    let written = draft.write_all(content).and_then(|()| draft.as_file().sync_all());
    written.map_err(Error::io("write", path))?;
    draft.persist(path).map_err(|failed| Error::io("write", path)(failed.error))?;
    sync_folder(folder)
}

/// Writes files of the given names and contents into a new folder that appears at `path` when all
/// of them are complete. Returns `false`, and changes nothing, if `path` exists already.
pub(crate) fn create_folder(path: &Path, files: &[(&str, Vec<u8>)]) -> Result<bool, Error> {
    let parent = parent(path);
    // Next to the final place, so that the rename stays within one file system. It goes away with the
    // value; only a killed process leaves one behind, which nobody reads.
    let staging = tempfile::Builder::new()
        .prefix(DRAFT)
        .tempdir_in(parent)
        .map_err(Error::io("write into", parent))?;
    let draft = staging.path().join("draft");
    fs::create_dir(&draft).map_err(Error::io("create", &draft))?;
    for (name, content) in files {
        write_durably(&draft.join(name), content)?;
    }
    sync_folder(&draft)?;
    // Renaming a folder over another one that has files in it is an error on every system, so of
    // two processes that finish the same run exactly one succeeds.
    match fs::rename(&draft, path) {
        // The rename itself may be lost with the power: the run is then done again.
        Ok(()) => Ok(true),
        Err(_) if path.is_dir() => Ok(false),
        Err(error) => Err(Error::io("create", path)(error)),
    }
}

/// Reads all of a file; a file that is not there is [`Error::NoResults`].
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NoResults { path: path.into() },
        _ => Error::io("read", path)(error),
    })
}

/// Renames what is damaged, so that it is neither read nor lost, and returns the error that says so.
///
/// Returns an error if it cannot be renamed.
pub(crate) fn move_aside(path: &Path) -> Result<Error, Error> {
    let aside = path.with_added_extension(DAMAGED);
    // Of what was damaged twice, the last is kept.
    if aside.is_dir() {
        remove_folder(&aside)?;
    }
    fs::rename(path, &aside).map_err(Error::io("move aside", path))?;
    Ok(Error::Damaged { path: path.to_path_buf(), aside })
}

/// Removes a folder with all that is in it, if it is there.
///
/// Returns an error if it cannot be removed.
pub(crate) fn remove_folder(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Removes a file, if it is there.
///
/// Returns an error if it cannot be removed.
pub(crate) fn remove_file(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Returns the folder that holds `path`; a bare file name lies in the working directory.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write_durably(path: &Path, content: &[u8]) -> Result<(), Error> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().map_err(Error::io("write", path))
}

/// Makes the entries of a folder, such as a rename within it, survive a power cut.
fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|opened| opened.sync_all()).map_err(Error::io("sync", folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_leaves_no_draft() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("table.md");
        replace_file(&path, b"old").expect("first write");
        replace_file(&path, b"new").expect("second write");
        assert_eq!(fs::read(&path).expect("readable"), b"new");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
        let ordinary = folder.path().join("ordinary");
        fs::write(&ordinary, b"").expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode();
        assert_eq!(mode(&path), mode(&ordinary), "others may read it too");
    }

    #[test]
    fn the_second_of_two_equal_folders_is_dropped() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("run");
        assert!(create_folder(&path, &[("a", b"first".to_vec())]).expect("created"));
        assert!(!create_folder(&path, &[("a", b"second".to_vec())]).expect("dropped"));
        assert_eq!(fs::read(path.join("a")).expect("readable"), b"first");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = replace_file(Path::new("not/there/table.md"), b"").expect_err("no such folder");
        assert_eq!(error.to_string(), "cannot write into `not/there`");
    }
}
