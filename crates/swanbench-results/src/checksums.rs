//! The file next to a run's files that holds their checksums, as `sha256sum --check` reads it.

use std::{fs, path::Path};

use sha2::{Digest as _, Sha256};

use crate::{Error, files};

/// Its name.
pub(crate) const CHECKSUMS_FILE: &str = "checksums.sha256";

/// Computes the SHA-256 in hexadecimal.
pub(crate) fn checksum(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// Lists the files with their checksums, one per line.
pub(crate) fn listing(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let line = |(name, content): &(&str, Vec<u8>)| format!("{}  {name}\n", checksum(content));
    files.iter().map(line).collect::<String>().into_bytes()
}

/// Returns whether the listing in a folder names a file.
pub(crate) fn lists(folder: &Path, name: &str) -> bool {
    fs::read(folder.join(CHECKSUMS_FILE)).is_ok_and(|listed| names_file(&listed, name))
}

fn names_file(listed: &[u8], name: &str) -> bool {
    let ending = format!("  {name}");
    String::from_utf8_lossy(listed).lines().any(|line| line.ends_with(&ending))
}

/// Reads the files of a folder with their contents, the listing last. `None` unless it names exactly
/// `names`, and perhaps `optional`, and every file holds what was written.
pub(crate) fn whole<'a>(
    folder: &Path,
    names: &[&'a str],
    optional: &'a str,
) -> Option<Vec<(&'a str, Vec<u8>)>> {
    let listed = fs::read(folder.join(CHECKSUMS_FILE)).ok()?;
    let names = names.iter().copied().chain(names_file(&listed, optional).then_some(optional));
    let contents = names.map(|name| Some((name, fs::read(folder.join(name)).ok()?)));
    let mut files: Vec<_> = contents.collect::<Option<_>>()?;
    if listed != listing(&files) {
        return None;
    }
    files.push((CHECKSUMS_FILE, listed));
    Some(files)
}

/// Reads a file whose checksum `listing`, a file next to it, has. Parquet is read only in this way:
/// what is damaged can make polars ask for more memory than there is, and stop the program.
///
/// Returns [`Error::Changed`] if it is not what was written, [`Error::NoResults`] if it is not
/// there.
pub(crate) fn read(path: &Path, listing: &Path) -> Result<Vec<u8>, Error> {
    let content = files::read(path)?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let line = format!("{}  {name}", checksum(&content));
    let listed = fs::read(listing).unwrap_or_default();
    if String::from_utf8_lossy(&listed).lines().any(|listed| listed == line) {
        Ok(content)
    } else {
        Err(Error::Changed { path: path.to_path_buf(), listing: listing.to_path_buf() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_published_one() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(checksum(b"abc"), expected);
    }

    #[test]
    fn a_folder_is_whole_while_nothing_in_it_has_changed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, content: &[u8]| {
            fs::write(folder.path().join(name), content).expect("written");
        };
        let files = [("a", b"one".to_vec()), ("b", b"two".to_vec())];
        write("a", b"one");
        write("b", b"two");
        assert!(whole(folder.path(), &["a", "b"], "c").is_none(), "without a listing");
        write(CHECKSUMS_FILE, &listing(&files));
        let found = whole(folder.path(), &["a", "b"], "c").expect("whole");
        assert_eq!(found[..2], files);
        assert_eq!(found[2].0, CHECKSUMS_FILE);
        assert!(whole(folder.path(), &["a"], "c").is_none(), "another listing");
        assert_eq!(whole(folder.path(), &["a"], "b").expect("whole")[..2], files);
        write("b", b"twO");
        assert!(whole(folder.path(), &["a", "b"], "c").is_none(), "one bit");
    }
}
