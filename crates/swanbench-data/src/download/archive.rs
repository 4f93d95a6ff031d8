//! Unpacks the files of a set from a gzipped tar archive.

use std::{
    fs::{self, File},
    io::{BufReader, Read},
    path::Path,
};

use flate2::read::GzDecoder;
use tar::Entry;

use super::store::{keep, part_of};
use crate::{
    DataError,
    format::{FormatError, LARGEST},
};

/// Unpacks the files `names` of the folder `inner` of an archive into `folder`, where they appear
/// only after all of them were unpacked. Paths of the archive are compared with the expected ones
/// and never used.
///
/// Returns an error if the archive is damaged, a file is missing, or the folder cannot be written.
pub(super) fn unpack(
    archive: &Path,
    inner: &str,
    names: &[&'static str],
    folder: &Path,
) -> Result<(), DataError> {
    let malformed = |source| DataError::Malformed { file: archive.display().to_string(), source };
    let damaged = |source| malformed(FormatError::ArchiveDamaged(source));
    let unreadable = |source| DataError::Unreadable { path: archive.to_owned(), source };
    let file = BufReader::new(File::open(archive).map_err(unreadable)?);
    let mut tar = tar::Archive::new(GzDecoder::new(file));
    let mut missing = names.to_vec();
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let Some(name) = names.iter().find(|name| holds(&entry, inner, name)) else { continue };
        if entry.size() > LARGEST {
            return Err(malformed(FormatError::TooLarge { limit: LARGEST }));
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(damaged)?;
        let path = part_of(folder, name);
        fs::write(&path, &bytes).map_err(|source| DataError::Unwritable { path, source })?;
        missing.retain(|other| other != name);
    }
    if let Some(member) = missing.first() {
        return Err(malformed(FormatError::ArchiveLacks { member }));
    }
    for name in names {
        let path = folder.join(name);
        keep(folder, name).map_err(|source| DataError::Unwritable { path, source })?;
    }
    Ok(())
}

fn holds<R: Read>(entry: &Entry<'_, R>, inner: &str, name: &str) -> bool {
    let expected = Path::new(inner).join(name);
    entry.header().entry_type().is_file() && entry.path().is_ok_and(|path| path == expected)
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use tar::EntryType;
    use tempfile::tempdir;

    use super::*;
    use crate::test_support::{Files, files_of, tar_gz};

    const NAMES: &[&str] = &["one.bin", "two.bin"];
    const FILE: EntryType = EntryType::Regular;

    /// Unpacks into a folder; returns the error, and the files in the folder.
    fn run(packed: &[u8]) -> (Result<(), String>, Files) {
        let above = tempdir().unwrap();
        let (archive, folder) = (above.path().join("set.tar.gz"), above.path().join("folder"));
        fs::write(&archive, packed).unwrap();
        fs::create_dir(&folder).unwrap();
        let result = unpack(&archive, "set", NAMES, &folder);
        assert_eq!(files_of(above.path()).len(), 1, "nothing but the archive above the folder");
        (result.map_err(|error| error.source().unwrap().to_string()), files_of(&folder))
    }

    #[test]
    fn only_the_expected_files_are_unpacked() {
        let (result, files) = run(&tar_gz(&[
            ("set/", EntryType::Directory, b""),
            ("set/two.bin", FILE, b"second"),
            ("set/readme.html", FILE, b"<p>"),
            ("other/one.bin", FILE, b"not this one"),
            ("set/one.bin", FILE, b"first"),
        ]));
        result.unwrap();
        let expected = [("one.bin", "first"), ("two.bin", "second")];
        assert_eq!(files, expected.map(|(name, text)| (name.to_owned(), text.into())).into());
    }

    #[test]
    fn paths_that_lead_elsewhere_are_never_used() {
        let (result, files) = run(&tar_gz(&[
            ("../one.bin", FILE, b"above"),
            ("set/../../two.bin", FILE, b"above"),
            ("/set/one.bin", FILE, b"root"),
            ("set/one.bin", EntryType::Symlink, b""),
        ]));
        assert_eq!(result.unwrap_err(), "it is an archive without `one.bin`");
        assert_eq!(files, Files::new());
    }

    #[test]
    fn incomplete_archives_add_no_file() {
        let (result, files) = run(&tar_gz(&[("set/one.bin", FILE, b"first")]));
        assert_eq!(result.unwrap_err(), "it is an archive without `two.bin`");
        assert_eq!(files, [("one.bin.part".to_owned(), b"first".to_vec())].into());

        let whole = tar_gz(&[("set/one.bin", FILE, b"first"), ("set/two.bin", FILE, &[7; 3000])]);
        for length in (0..whole.len()).step_by(7) {
            let (result, files) = run(&whole[..length]);
            // The last bytes, after the last file, only close the archive.
            let complete = NAMES.iter().filter(|name| files.contains_key(**name)).count();
            assert_eq!(complete, if result.is_ok() { 2 } else { 0 }, "at {length}: {result:?}");
            assert!(result.is_err() || length > whole.len() / 2);
        }
    }
}
