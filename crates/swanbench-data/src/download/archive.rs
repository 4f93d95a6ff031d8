//! Takes the members of a set out of a gzipped tar archive.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    path::Path,
};

use flate2::read::GzDecoder;
use tar::Entry;

use super::store::{keep, part_of};
use crate::{DataError, FormatError, files::Member, format::LARGEST};

/// Puts the members that lie in the folder `inner` of an archive into `folder`. They appear there
/// only after all of them were unpacked. No path of the archive is ever used: its entries are
/// compared with the names that are expected, and the rest is left alone.
///
/// # Errors
/// Where the archive is damaged or lacks a member, or the folder cannot be written to.
pub(super) fn unpack(
    archive: &Path,
    inner: &str,
    members: &[Member],
    folder: &Path,
) -> Result<(), DataError> {
    let malformed = |source| DataError::Malformed { file: archive.display().to_string(), source };
    let damaged = |source| malformed(FormatError::ArchiveDamaged(source));
    let unreadable = |source| DataError::Unreadable { path: archive.to_owned(), source };
    let file = BufReader::new(File::open(archive).map_err(unreadable)?);
    let mut tar = tar::Archive::new(GzDecoder::new(file));
    let mut unpacked = Vec::new();
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let Some(member) = members.iter().find(|member| holds(&entry, inner, member)) else {
            continue;
        };
        if entry.size() > LARGEST {
            return Err(malformed(FormatError::TooLarge { limit: LARGEST }));
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(damaged)?;
        let part = part_of(folder, member.name);
        write(&part, &bytes)?;
        unpacked.push(member.name);
    }
    if let Some(missing) = members.iter().find(|member| !unpacked.contains(&member.name)) {
        return Err(malformed(FormatError::ArchiveLacks { member: missing.name }));
    }
    for member in members {
        let part = part_of(folder, member.name);
        keep(&part, folder, member.name)
            .map_err(|source| DataError::Unwritable { path: part, source })?;
    }
    Ok(())
}

fn holds<R: Read>(entry: &Entry<'_, R>, inner: &str, member: &Member) -> bool {
    let expected = Path::new(inner).join(member.name);
    entry.header().entry_type().is_file() && entry.path().is_ok_and(|path| path == expected)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    let refused = |source: io::Error| DataError::Unwritable { path: path.to_owned(), source };
    fs::write(path, bytes).map_err(refused)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, error::Error};

    use flate2::{Compression, write::GzEncoder};
    use tar::{Builder, EntryType, Header};
    use tempfile::tempdir;

    use super::*;

    const MEMBERS: &[Member] =
        &[Member { name: "one.bin", sha256: None }, Member { name: "two.bin", sha256: None }];

    /// Archives entries, whatever their paths are.
    fn archive(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, kind, bytes) in entries {
            let mut header = Header::new_ustar();
            // The crate's own setter refuses the paths that a hostile archive has.
            header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            builder.append(&header, *bytes).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    /// The content of files by name.
    type Files = BTreeMap<String, Vec<u8>>;

    /// Unpacks in a new folder; gives back what the error says, and all files in it and above it.
    fn run(packed: &[u8]) -> (Result<(), String>, Files) {
        let above = tempdir().unwrap();
        let path = above.path().join("set.tar.gz");
        fs::write(&path, packed).unwrap();
        let folder = above.path().join("folder");
        fs::create_dir(&folder).unwrap();
        let result = unpack(&path, "set", MEMBERS, &folder);
        fs::remove_file(path).unwrap();
        let mut files = Files::new();
        for place in [folder.as_path(), above.path()] {
            for entry in fs::read_dir(place).unwrap().map(Result::unwrap) {
                if entry.path().is_file() {
                    let name = entry.file_name().into_string().unwrap();
                    files.insert(name, fs::read(entry.path()).unwrap());
                }
            }
        }
        (result.map_err(|error| error.source().unwrap().to_string()), files)
    }

    fn holding(files: &[(&str, &[u8])]) -> Files {
        files.iter().map(|&(name, bytes)| (name.to_owned(), bytes.to_vec())).collect()
    }

    const FILE: EntryType = EntryType::Regular;

    #[test]
    fn only_the_expected_members_are_unpacked() {
        let (result, files) = run(&archive(&[
            ("set/", EntryType::Directory, b""),
            ("set/two.bin", FILE, b"second"),
            ("set/readme.html", FILE, b"<p>"),
            ("other/one.bin", FILE, b"not this one"),
            ("set/one.bin", FILE, b"first"),
        ]));
        result.unwrap();
        assert_eq!(files, holding(&[("one.bin", b"first"), ("two.bin", b"second")]));
    }

    #[test]
    fn paths_that_lead_elsewhere_lead_nowhere() {
        let (result, files) = run(&archive(&[
            ("../one.bin", FILE, b"above"),
            ("set/../../two.bin", FILE, b"above"),
            ("/set/one.bin", FILE, b"root"),
            ("set/one.bin", EntryType::Symlink, b""),
        ]));
        assert_eq!(result.unwrap_err(), "it is an archive without `one.bin`");
        assert_eq!(files, Files::new());
    }

    #[test]
    fn a_member_that_is_missing_keeps_the_others_from_appearing() {
        let (result, files) = run(&archive(&[("set/one.bin", FILE, b"first")]));
        assert_eq!(result.unwrap_err(), "it is an archive without `two.bin`");
        assert_eq!(files, holding(&[("one.bin.part", b"first")]));
    }

    #[test]
    fn every_cut_of_an_archive_is_an_error() {
        let whole = archive(&[("set/one.bin", FILE, b"first"), ("set/two.bin", FILE, &[7; 3000])]);
        for length in (0..whole.len()).step_by(7) {
            let (result, files) = run(&whole[..length]);
            // The last bytes only close the archive, behind its last member.
            let complete = MEMBERS.iter().filter(|member| files.contains_key(member.name)).count();
            let expected = if result.is_ok() { 2 } else { 0 };
            assert_eq!(complete, expected, "at {length}: {result:?}");
            assert!(result.is_err() || length > whole.len() / 2);
        }
    }
}
