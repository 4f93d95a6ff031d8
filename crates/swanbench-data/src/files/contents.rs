//! The unpacked content of one data file, and what identifies it.

use std::{borrow::Cow, fs::File, io::Read, path::Path};

use sha2::{Digest, Sha256};

use crate::{
    DataError, FormatError,
    format::{LARGEST, unpack},
};

/// The unpacked content of one data file.
#[derive(Debug)]
pub(crate) struct Contents<'a> {
    /// How messages name the file.
    pub(crate) file: String,
    bytes: Cow<'a, [u8]>,
}

impl<'a> Contents<'a> {
    /// Reads a file, packed or plain.
    pub(crate) fn read(path: &Path) -> Result<Self, DataError> {
        let unreadable = |source| DataError::Unreadable { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        let file = path.display().to_string();
        if bytes.len() as u64 > LARGEST {
            return Err(DataError::Malformed {
                file,
                source: FormatError::TooLarge { limit: LARGEST },
            });
        }
        Self::unpacked(file, Cow::Owned(bytes))
    }

    /// Unpacks a file that is in memory already.
    pub(crate) fn embedded(name: &str, bytes: &'a [u8]) -> Result<Self, DataError> {
        Self::unpacked(format!("embedded {name}"), Cow::Borrowed(bytes))
    }

    fn unpacked(file: String, bytes: Cow<'a, [u8]>) -> Result<Self, DataError> {
        match unpack(bytes) {
            Ok(bytes) => Ok(Self { file, bytes }),
            Err(source) => Err(DataError::Malformed { file, source }),
        }
    }

    /// What `parse` makes of the content, its errors with the file's name.
    pub(crate) fn parse<'s, T>(
        &'s self,
        parse: impl FnOnce(&'s [u8]) -> Result<T, FormatError>,
    ) -> Result<T, DataError> {
        parse(&self.bytes)
            .map_err(|source| DataError::Malformed { file: self.file.clone(), source })
    }

    /// The sha256 of the unpacked content in hexadecimal.
    pub(crate) fn sha256(&self) -> String {
        format!("{:x}", Sha256::digest(&self.bytes))
    }
}

/// The checksum of a whole set: the sha256 of what `sha256sum` prints for its unpacked files, in
/// the set's order, so that it can be checked without this program.
pub(crate) fn listing_checksum<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut hasher = Sha256::new();
    for (name, sha256) in files {
        hasher.update(format!("{sha256}  {name}\n"));
    }
    format!("{:x}", hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_sha256sum() {
        // printf abc > a; printf '' > b; sha256sum a b; sha256sum a b | sha256sum
        let contents = Contents::embedded("a", b"abc").unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(contents.sha256(), abc);
        assert_eq!(
            listing_checksum([("a", abc), ("b", empty)]),
            "09c7e0b8a02d027d95ec0375a600ed4ad4d6b26a1c93f16d9150cab5fec761a6"
        );
    }

    #[test]
    fn a_folder_in_place_of_a_file_is_unreadable() {
        let folder = tempfile::tempdir().unwrap();
        let error = Contents::read(folder.path()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot read the data file `{}`", folder.path().display())
        );
    }
}
