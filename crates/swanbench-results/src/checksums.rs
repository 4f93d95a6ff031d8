//! The file next to the gathered files that holds their checksums, as `sha256sum --check` reads it.

use std::{collections::BTreeMap, fs, path::Path};

use sha2::{Digest as _, Sha256};

use crate::{Error, files};

/// Its name.
pub(crate) const CHECKSUMS_FILE: &str = "checksums.sha256";

/// Computes the SHA-256 in hexadecimal.
pub(crate) fn checksum(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// Lists the files with their checksums, one per line.
pub(crate) fn listing(files: &BTreeMap<&str, Vec<u8>>) -> Vec<u8> {
    let line = |(name, content): (&&str, &Vec<u8>)| format!("{}  {name}\n", checksum(content));
    files.iter().map(line).collect::<String>().into_bytes()
}

/// Reads a file whose checksum `listing`, a file next to it, has.
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
}
