//! One file that holds what a report is made from, for a paper's supplement or a repository.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Error, Results, Store,
    archive::{self, Archive},
    files,
    gathered_files::{ABOUT_FILE, GatheredFiles, LATENCY_FILE, TABLES},
};

impl Store {
    /// Returns the path at which the results of the experiment are packed, next to their folder.
    pub fn pack_file(&self) -> PathBuf {
        self.folder().with_added_extension(archive::KIND)
    }

    /// Writes what the report is made from, the experiment and its claims into one file, and returns
    /// the names of its members. Equal results give equal bytes.
    ///
    /// Returns an error if the experiment was never swept, if a file is damaged, or if the file cannot
    /// be written.
    pub fn pack(&self, path: &Path) -> Result<Vec<&'static str>, Error> {
        let files = self.gathered_files()?;
        let mut members = Vec::new();
        for name in Self::ABOUT_THE_EXPERIMENT {
            let own = self.folder().join(name);
            if own.exists() {
                members.push((name, fs::read(&own).map_err(Error::io("read", &own))?));
            }
        }
        members.extend(files.into_members());
        files::replace_file(path, &archive::encode(&members))?;
        Ok(members.into_iter().map(|(name, _)| name).collect())
    }

    /// Reads the results of the experiment from its folder, or if they are not there from where they
    /// are packed.
    ///
    /// Returns [`Error::NoResults`] if they are in neither, and [`Error::NotGathered`] if only single runs
    /// are there; otherwise an error if a file is damaged, of another version, or lacks a column.
    pub fn read_results(&self) -> Result<Results, Error> {
        match self.gathered_files() {
            Err(Error::NoResults { .. } | Error::NotGathered { .. })
                if self.pack_file().exists() =>
            {
                Results::read_pack(&self.pack_file())
            }
            files => Results::from_files(&files?),
        }
    }

    fn gathered_files(&self) -> Result<GatheredFiles, Error> {
        match GatheredFiles::read(self.folder()) {
            Err(Error::NoResults { .. }) if self.has_results().unwrap_or(false) => {
                Err(Error::NotGathered { folder: self.folder().to_path_buf() })
            }
            files => files,
        }
    }
}

impl Results {
    /// Reads what [`Store::pack`] wrote.
    ///
    /// Returns an error if the file is not there, holds something else, is damaged, of another
    /// version, or lacks a column.
    pub fn read_pack(path: &Path) -> Result<Self, Error> {
        let mut archive = match Archive::open(path) {
            Ok(archive) => archive.ok_or_else(|| Error::NoPack { path: path.into() })?,
            Err(Error::Archive { .. }) => return Err(Error::NotAPack { path: path.into() }),
            Err(error) => return Err(error),
        };
        if !archive.has(ABOUT_FILE) {
            return Err(Error::NotAPack { path: path.into() });
        }
        let mut files = GatheredFiles::new(path);
        let timings = archive.has(LATENCY_FILE).then_some(LATENCY_FILE);
        for name in TABLES.into_iter().chain([ABOUT_FILE]).chain(timings) {
            files.add(name, archive.read(name)?);
        }
        Self::from_files(&files)
    }

    /// Returns the name of the experiment. `None` if no run has ended.
    pub fn experiment(&self) -> Option<&str> {
        Some(&self.runs.first()?.run.experiment)
    }
}
