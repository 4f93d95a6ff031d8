//! Comparison of the files of a dataset with the published ones.

use std::path::{Path, PathBuf};

use crate::{
    DataDirs, DataError, DatasetDef, Download, FileSet,
    checksum::{sha256_of_file, sha256_of_listing},
    files::Contents,
};

/// A dataset whose files were read and compared with the published ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Folder of the files; `None` for a dataset without files.
    pub folder: Option<PathBuf>,
    /// Checksum of the whole content.
    pub revision: String,
    /// The files, in the order of the set.
    pub files: Vec<VerifiedFile>,
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedFile {
    /// The file.
    pub path: PathBuf,
    /// Checksum of its unpacked content, in hexadecimal.
    pub sha256: String,
    /// Result of the comparison.
    pub origin: Origin,
}

/// Whether a file is the published one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The published file.
    Published,
    /// Another file.
    Different {
        /// sha256 of the unpacked content of the published file.
        expected: &'static str,
    },
    /// Not known: the checksum of the published content is not recorded, and the file is not packed
    /// as it was published.
    Unknown,
}

impl Verification {
    /// Returns whether no file is known to differ from the published one.
    pub fn is_sound(&self) -> bool {
        !self.files.iter().any(|file| matches!(file.origin, Origin::Different { .. }))
    }
}

/// Reads all files of a dataset and compares them with the published ones. Content that differs is
/// no error: [`Origin`] reports it.
///
/// Returns an error if the files are not found, or one of them cannot be read or unpacked.
pub fn verify(dataset: &dyn DatasetDef, dirs: &DataDirs) -> Result<Verification, DataError> {
    let Some(set) = dataset.files() else {
        let revision = dataset.checksum(dirs)?;
        return Ok(Verification { folder: None, revision, files: Vec::new() });
    };
    let found = set.find(dirs)?;
    let mut files = Vec::new();
    for (position, path) in found.paths.into_iter().enumerate() {
        let sha256 = Contents::read(&path)?.sha256();
        let origin = compare(set, position, &path, &sha256)?;
        files.push(VerifiedFile { path, sha256, origin });
    }
    let sums: Vec<_> = files.iter().map(|file| file.sha256.as_str()).collect();
    let revision = sha256_of_listing(set.files, &sums);
    Ok(Verification { folder: Some(found.folder), revision, files })
}

fn compare(set: &FileSet, position: usize, path: &Path, sha256: &str) -> Result<Origin, DataError> {
    if let Some(expected) = set.sha256.map(|sums| sums[position]) {
        let same = sha256 == expected;
        return Ok(if same { Origin::Published } else { Origin::Different { expected } });
    }
    let Download::Gzip(_) = set.download else { return Ok(Origin::Unknown) };
    let unreadable = |source| DataError::Unreadable { path: path.to_owned(), source };
    let same = sha256_of_file(path).map_err(unreadable)? == set.published()[position].sha256;
    Ok(if same { Origin::Published } else { Origin::Unknown })
}
