//! The unpacked content of one data file.

use std::{borrow::Cow, fs::File, io::Read, path::Path};

use crate::{
    DataError,
    checksum::sha256,
    format::{FormatError, LARGEST, unpack},
};

/// The unpacked content of one data file.
#[derive(Debug)]
pub(crate) struct Contents<'a> {
    /// Name of the file in messages.
    pub(crate) file: String,
    bytes: Cow<'a, [u8]>,
}

impl<'a> Contents<'a> {
    /// Reads a file, packed or plain.
    pub(crate) fn read(path: &Path) -> Result<Self, DataError> {
        let unreadable = |source| DataError::Unreadable { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        // One byte more than `unpack` takes, so that it refuses a file that is too large.
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Self::unpacked(path.display().to_string(), Cow::Owned(bytes))
    }

    /// Unpacks an embedded file.
    pub(crate) fn embedded(name: &str, bytes: &'a [u8]) -> Result<Self, DataError> {
        Self::unpacked(format!("embedded {name}"), Cow::Borrowed(bytes))
    }

    fn unpacked(file: String, bytes: Cow<'a, [u8]>) -> Result<Self, DataError> {
        match unpack(bytes) {
            Ok(bytes) => Ok(Self { file, bytes }),
            Err(source) => Err(DataError::Malformed { file, source }),
        }
    }

    /// Parses the content, and adds the file's name to errors.
    pub(crate) fn parse<'s, T>(
        &'s self,
        parse: impl FnOnce(&'s [u8]) -> Result<T, FormatError>,
    ) -> Result<T, DataError> {
        parse(&self.bytes)
            .map_err(|source| DataError::Malformed { file: self.file.clone(), source })
    }

    /// Returns the sha256 of the unpacked content in hexadecimal.
    pub(crate) fn sha256(&self) -> String {
        sha256(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_place_of_a_file_is_unreadable() {
        let folder = tempfile::tempdir().unwrap();
        let error = Contents::read(folder.path()).unwrap_err();
        let expected = format!("cannot read the data file `{}`", folder.path().display());
        assert_eq!(error.to_string(), expected);
    }
}
