//! A dataset that lies in a folder, as data: its files, where they may be, what identifies them.

use std::path::{Path, PathBuf};

use swanbench_spec::{ComponentInfo, SettingsType};

use super::{Contents, Places, Published, listing_checksum};
use crate::{DataError, NotFound, UNKNOWN_REVISION, entry::NoSettings};

/// A dataset that lies in a folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileSet {
    /// The word that an experiment uses for it.
    pub(crate) name: &'static str,
    /// One sentence for `swanbench list`.
    pub(crate) summary: &'static str,
    /// The home of the dataset.
    pub(crate) source: &'static str,
    /// Subfolders in which the files may lie; new copies go into the first.
    pub(crate) subfolders: &'static [&'static str],
    /// The Debian package that brings the files.
    pub(crate) debian_package: Option<&'static str>,
    /// The files, in the order that the checksum and the loader rely on.
    pub(crate) members: &'static [Member],
    /// Whether other content than the published one is refused; all sums are known then.
    pub(crate) only_published: bool,
    /// Where the files come from.
    pub(crate) published: Published,
}

/// One file of a set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    /// Its name, unpacked.
    pub(crate) name: &'static str,
    /// The sha256 of its unpacked content as published, where that is recorded.
    pub(crate) sha256: Option<&'static str>,
}

impl FileSet {
    /// The set as a word of the vocabulary.
    pub(crate) fn kind(&self) -> ComponentInfo {
        ComponentInfo {
            name: self.name,
            summary: self.summary,
            source: self.source,
            revision: self.known_checksum().unwrap_or_else(|| UNKNOWN_REVISION.to_owned()),
            takes_target: false,
            settings: SettingsType::of::<NoSettings>(),
        }
    }

    /// The checksum of the set: the known one, or that of the files found.
    pub(crate) fn checksum(&self, places: &Places) -> Result<String, DataError> {
        match self.known_checksum() {
            Some(known) => Ok(known),
            None => Ok(self.read(places)?.checksum),
        }
    }

    /// The files of the first folder that has all of them.
    pub(crate) fn read(&self, places: &Places) -> Result<ReadSet, DataError> {
        let (_, paths) = self.find(places)?;
        let mut files = Vec::new();
        let mut sums = Vec::new();
        for (member, path) in self.members.iter().zip(paths) {
            let contents = Contents::read(&path)?;
            let found = contents.sha256();
            let expected = member.sha256.filter(|_| self.only_published);
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                let (dataset, file) = (self.name, contents.file);
                return Err(DataError::Checksum { dataset, file, found, expected });
            }
            files.push(contents);
            sums.push(found);
        }
        let names = self.members.iter().map(|member| member.name);
        let checksum = listing_checksum(names.zip(sums.iter().map(String::as_str)));
        Ok(ReadSet { files, checksum })
    }

    fn known_checksum(&self) -> Option<String> {
        if !self.only_published {
            return None;
        }
        let known: Option<Vec<_>> =
            self.members.iter().map(|member| Some((member.name, member.sha256?))).collect();
        known.map(listing_checksum)
    }

    /// The first folder that has all files, and the files in the order of the members.
    pub(crate) fn find(&self, places: &Places) -> Result<(PathBuf, Vec<PathBuf>), DataError> {
        let searched = places.candidates(self.subfolders);
        let mut incomplete = None;
        for folder in &searched {
            let paths: Vec<_> = self.members.iter().map(|member| member.find(folder)).collect();
            if let Some(paths) = paths.iter().cloned().collect() {
                return Ok((folder.clone(), paths));
            }
            if incomplete.is_none() && paths.iter().any(Option::is_some) {
                incomplete = Some((folder.clone(), paths));
            }
        }
        let missing = self.members.iter().enumerate().filter(|(position, _)| {
            incomplete.as_ref().is_none_or(|(_, paths)| paths[*position].is_none())
        });
        Err(DataError::NotFound(Box::new(NotFound {
            dataset: self.name,
            missing: missing.map(|(_, member)| member.name).collect(),
            incomplete: incomplete.as_ref().map(|(folder, _)| folder.clone()),
            searched,
            put_into: self.put_into(places),
            debian_package: self.debian_package,
        })))
    }

    /// Where new copies go.
    pub(crate) fn put_into(&self, places: &Places) -> Option<PathBuf> {
        places.cache.as_ref().map(|cache| cache.join(self.subfolders[0]))
    }
}

/// The files of a set, in the order of its members.
#[derive(Debug)]
pub(crate) struct ReadSet {
    pub(crate) files: Vec<Contents<'static>>,
    /// What `sha256sum` says of them, summed up.
    pub(crate) checksum: String,
}

impl Member {
    /// Where the file lies in `folder`: plain or packed, or as the first copies of MNIST spelled it.
    fn find(&self, folder: &Path) -> Option<PathBuf> {
        let dotted = self.name.replace("-idx", ".idx");
        let spellings = [self.name, &dotted].map(|name| [name.to_owned(), format!("{name}.gz")]);
        spellings.into_iter().flatten().map(|name| folder.join(name)).find(|path| path.is_file())
    }
}
