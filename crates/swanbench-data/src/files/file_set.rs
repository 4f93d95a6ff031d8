//! A dataset in a folder, as data: its files, where they may be, what identifies them.

use std::path::{Path, PathBuf};

use swanbench_spec::ComponentInfo;

use super::{Contents, DataDirs};
use crate::{
    DataError,
    checksum::sha256_of_listing,
    error::{FilesNotFound, Remedy},
    info::{UNKNOWN_REVISION, info_without_settings},
};

/// A dataset in a folder.
#[derive(Debug, Clone, Copy)]
pub struct FileSet {
    /// Name that experiments use.
    pub name: &'static str,
    /// One sentence for `swanbench list`.
    pub summary: &'static str,
    /// Paper or home of the dataset.
    pub source: &'static str,
    /// Subfolders in which the files may be; downloads go into the first.
    pub subfolders: &'static [&'static str],
    /// Debian package that contains the files.
    pub debian_package: Option<&'static str>,
    /// Names of the unpacked files, in the order that the checksum and the loader rely on.
    pub files: &'static [&'static str],
    /// sha256 of the unpacked content of each file as published; `None` if not recorded.
    pub sha256: Option<&'static [&'static str]>,
    /// Whether other content than the published one is refused.
    pub only_published: bool,
    /// Addresses of folders to download from, each with a slash at its end, tried in this order.
    pub mirrors: &'static [&'static str],
    /// Packed files on each mirror.
    pub download: Download,
}

/// Packed files of a set on its mirrors.
#[derive(Debug, Clone, Copy)]
pub enum Download {
    /// Each file by itself, packed with gzip and named with `.gz`, in the order of the set.
    Gzip(&'static [Packed]),
    /// All files in one gzipped tar archive.
    TarGzip {
        /// Name of the archive.
        name: &'static str,
        /// Folder of the files inside the archive.
        folder: &'static str,
        /// Size and checksum of the archive.
        packed: Packed,
    },
}

/// Size and checksum of a packed file.
#[derive(Debug, Clone, Copy)]
pub struct Packed {
    bytes: u64,
    sha256: &'static str,
}

/// A file on a mirror.
#[derive(Debug, Clone)]
pub(crate) struct PublishedFile {
    /// Name below each mirror.
    pub(crate) name: String,
    /// Size, packed.
    pub(crate) bytes: u64,
    /// Checksum, packed.
    pub(crate) sha256: &'static str,
}

/// The files of a set in the first folder that has all of them.
#[derive(Debug)]
pub(crate) struct FoundFiles {
    pub(crate) folder: PathBuf,
    /// In the order of the set.
    pub(crate) paths: Vec<PathBuf>,
}

/// The unpacked files of a set, in its order.
#[derive(Debug)]
pub(crate) struct ReadFiles {
    pub(crate) files: Vec<Contents<'static>>,
    /// Checksum of what `sha256sum` prints for them.
    pub(crate) checksum: String,
}

impl Packed {
    /// Describes a file of `bytes` bytes whose packed content has this checksum, in hexadecimal.
    pub const fn new(bytes: u64, sha256: &'static str) -> Self {
        Self { bytes, sha256 }
    }
}

impl FileSet {
    /// Describes the set for the vocabulary of experiments.
    pub(crate) fn info(&self) -> ComponentInfo {
        let revision = self.known_checksum().unwrap_or_else(|| UNKNOWN_REVISION.to_owned());
        info_without_settings(self.name, self.summary, self.source, revision)
    }

    /// Returns the checksum of the set: the known one, or that of the files found.
    pub(crate) fn checksum(&self, dirs: &DataDirs) -> Result<String, DataError> {
        match self.known_checksum() {
            Some(known) => Ok(known),
            None => Ok(self.read(dirs)?.checksum),
        }
    }

    fn known_checksum(&self) -> Option<String> {
        let sums = self.sha256.filter(|_| self.only_published)?;
        Some(sha256_of_listing(self.files, sums))
    }

    /// Reads the files of the first folder that has all of them.
    pub(crate) fn read(&self, dirs: &DataDirs) -> Result<ReadFiles, DataError> {
        let mut files = Vec::new();
        let mut sums = Vec::new();
        for (position, path) in self.find(dirs)?.paths.iter().enumerate() {
            let contents = Contents::read(path)?;
            let found = contents.sha256();
            let published = self.sha256.map(|sums| sums[position]);
            let expected = published.filter(|_| self.only_published);
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                let (dataset, file) = (self.name, contents.file);
                return Err(DataError::Checksum { dataset, file, found, expected });
            }
            files.push(contents);
            sums.push(found);
        }
        let checksum = sha256_of_listing(self.files, &sums);
        Ok(ReadFiles { files, checksum })
    }

    /// Finds the first folder that has all files.
    pub(crate) fn find(&self, dirs: &DataDirs) -> Result<FoundFiles, DataError> {
        let searched = dirs.candidates(self.subfolders);
        let mut not_found = FilesNotFound {
            dataset: self.name,
            missing: self.files.to_vec(),
            incomplete: None,
            searched: searched.clone(),
            remedy: self.remedy(dirs),
        };
        for folder in searched {
            let paths = self.files.iter().map(|name| (*name, find_file(&folder, name)));
            let (there, missing): (Vec<_>, Vec<_>) = paths.partition(|(_, path)| path.is_some());
            if missing.is_empty() {
                let paths = there.into_iter().filter_map(|(_, path)| path).collect();
                return Ok(FoundFiles { folder, paths });
            }
            if not_found.incomplete.is_none() && !there.is_empty() {
                not_found.missing = missing.into_iter().map(|(name, _)| name).collect();
                not_found.incomplete = Some(folder);
            }
        }
        Err(DataError::NotFound(Box::new(not_found)))
    }

    /// Returns what a user can do about missing files.
    pub(crate) fn remedy(&self, dirs: &DataDirs) -> Remedy {
        Remedy { put_into: self.download_folder(dirs), debian_package: self.debian_package }
    }

    /// Returns the folder of downloads, `None` if no home folder is known.
    pub(crate) fn download_folder(&self, dirs: &DataDirs) -> Option<PathBuf> {
        dirs.cache.as_ref().map(|cache| cache.join(self.subfolders[0]))
    }

    /// Lists the files on a mirror.
    pub(crate) fn published(&self) -> Vec<PublishedFile> {
        let file = |name: String, packed: &Packed| PublishedFile {
            name,
            bytes: packed.bytes,
            sha256: packed.sha256,
        };
        match &self.download {
            Download::Gzip(packed) => {
                let names = self.files.iter().map(|name| format!("{name}.gz"));
                names.zip(*packed).map(|(name, packed)| file(name, packed)).collect()
            }
            Download::TarGzip { name, packed, .. } => vec![file((*name).to_owned(), packed)],
        }
    }
}

/// Finds a file in `folder`: plain or packed, also as the first copies of MNIST spelled it.
fn find_file(folder: &Path, name: &str) -> Option<PathBuf> {
    let dotted = name.replace("-idx", ".idx");
    let spellings = [name, &dotted].map(|name| [name.to_owned(), format!("{name}.gz")]);
    spellings.into_iter().flatten().map(|name| folder.join(name)).find(|path| path.is_file())
}
