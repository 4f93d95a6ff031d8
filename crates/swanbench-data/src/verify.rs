//! Whether the files of a dataset are those that its makers published.

use std::path::{Path, PathBuf};

use crate::{
    DataError, Places,
    download::sha256_of,
    entry::known,
    files::{Contents, FileSet, Packing, listing_checksum},
};

/// A dataset whose files were read and compared with what is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Where the files are; none for a dataset without files.
    pub folder: Option<PathBuf>,
    /// The checksum of the whole content.
    pub revision: String,
    /// The files, in the order of the set.
    pub files: Vec<VerifiedFile>,
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedFile {
    /// The file.
    pub path: PathBuf,
    /// Of its unpacked content, in hexadecimal.
    pub sha256: String,
    /// What that says.
    pub verdict: Verdict,
}

/// What the checksum of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the published file.
    Published,
    /// It is another file.
    Different {
        /// The sha256 of the published file's unpacked content.
        expected: &'static str,
    },
    /// Nobody has recorded what the unpacked content of the published file is, and the file is not
    /// packed as it was published.
    Unknown,
}

impl Verified {
    /// Whether no file is another than the published one.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.files.iter().any(|file| matches!(file.verdict, Verdict::Different { .. }))
    }
}

/// Reads all files of a dataset and compares them with the published ones.
///
/// # Errors
/// Where there is no such dataset, its files are not found, or one of them cannot be read or
/// unpacked. Content that differs is none: the verdict says so.
pub fn verify(name: &str, places: &Places) -> Result<Verified, DataError> {
    let entry = known(name)?;
    let Some(set) = entry.files else {
        let revision = (entry.checksum)(places)?;
        return Ok(Verified { folder: None, revision, files: Vec::new() });
    };
    let (folder, paths) = set.find(places)?;
    let mut files = Vec::new();
    for (position, path) in paths.into_iter().enumerate() {
        let sha256 = Contents::read(&path)?.sha256();
        let verdict = judge(set, position, &path, &sha256)?;
        files.push(VerifiedFile { path, sha256, verdict });
    }
    let names = set.members.iter().map(|member| member.name);
    let revision = listing_checksum(names.zip(files.iter().map(|file| file.sha256.as_str())));
    Ok(Verified { folder: Some(folder), revision, files })
}

fn judge(set: &FileSet, position: usize, path: &Path, sha256: &str) -> Result<Verdict, DataError> {
    if let Some(expected) = set.members[position].sha256 {
        let same = sha256 == expected;
        return Ok(if same { Verdict::Published } else { Verdict::Different { expected } });
    }
    let Packing::Gzip = set.published.packing else { return Ok(Verdict::Unknown) };
    let unreadable = |source| DataError::Unreadable { path: path.to_owned(), source };
    let packed = sha256_of(path).map_err(unreadable)?;
    let same = packed == set.published.files[position].sha256;
    Ok(if same { Verdict::Published } else { Verdict::Unknown })
}
