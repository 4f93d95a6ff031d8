//! SHA-256 checksums in hexadecimal.

use std::{fs::File, io, path::Path};

use sha2::{Digest, Sha256};

/// Returns the checksum of bytes.
pub(crate) fn sha256(content: impl AsRef<[u8]>) -> String {
    format!("{:x}", Sha256::digest(content))
}

/// Returns the checksum of a file as it is on the disk.
///
/// Returns an error if the file cannot be read.
pub(crate) fn sha256_of_file(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(format!("{:x}", hasher.finalize()))
}

/// Returns the checksum of several files: the sha256 of what `sha256sum` prints for them, so that
/// it can be checked without this program.
pub(crate) fn sha256_of_listing(names: &[&str], sums: &[impl AsRef<str>]) -> String {
    let lines = names.iter().zip(sums).map(|(name, sum)| format!("{}  {name}\n", sum.as_ref()));
    sha256(lines.collect::<Vec<_>>().concat())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn checksums_are_those_of_sha256sum() {
        // printf abc > a; printf '' > b; sha256sum a b; sha256sum a b | sha256sum
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256("abc"), abc);
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(sha256_of_file(file.path()).unwrap(), empty);
        fs::write(file.path(), "abc").unwrap();
        assert_eq!(sha256_of_file(file.path()).unwrap(), abc);
        assert_eq!(
            sha256_of_listing(&["a", "b"], &[abc, empty]),
            "09c7e0b8a02d027d95ec0375a600ed4ad4d6b26a1c93f16d9150cab5fec761a6"
        );
    }
}
