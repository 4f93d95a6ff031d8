//! The files over all runs of an experiment, from which a report is made.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use swanbench_spec::columns::Columns;

use crate::{
    Error,
    checksums::{self, CHECKSUMS_FILE},
    files, parquet, schema_version,
    store::{EPOCHS_FILE, RUNS_FILE, SITES_FILE},
};

pub(crate) const ABOUT_FILE: &str = "about.json";
pub(crate) const ADAPTIVITY_FILE: &str = "adaptivity.parquet";
pub(crate) const LATENCY_FILE: &str = "latency.parquet";
/// The tables that every experiment has.
pub(crate) const TABLES: [&str; 4] = [RUNS_FILE, EPOCHS_FILE, SITES_FILE, ADAPTIVITY_FILE];

/// The content of these files, compared with their checksums.
#[derive(Debug, Default)]
pub(crate) struct GatheredFiles {
    /// Where they were read, for errors.
    place: PathBuf,
    content: BTreeMap<&'static str, Vec<u8>>,
}

impl GatheredFiles {
    pub fn new(place: &Path) -> Self {
        Self { place: place.to_path_buf(), content: BTreeMap::new() }
    }

    /// Reads the files in a folder.
    ///
    /// Returns [`Error::NoResults`] if they are not there, and an error if one is damaged.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let mut all = Self::new(folder);
        let listing = folder.join(CHECKSUMS_FILE);
        for name in TABLES.into_iter().chain([ABOUT_FILE]) {
            all.add(name, checksums::read(&folder.join(name), &listing)?);
        }
        let latency = folder.join(LATENCY_FILE);
        if latency.exists() {
            all.add(LATENCY_FILE, checksums::read(&latency, &listing)?);
        }
        Ok(all)
    }

    /// Writes the files into a folder.
    ///
    /// Returns an error if one cannot be written. A kill in between leaves checksums that do not fit,
    /// and the advice to sweep again.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let listing = checksums::listing(&self.content);
        files::replace_file(&folder.join(CHECKSUMS_FILE), &listing)?;
        if !self.content.contains_key(LATENCY_FILE) {
            files::remove_file(&folder.join(LATENCY_FILE))?;
        }
        for (name, content) in &self.content {
            files::replace_file(&folder.join(name), content)?;
        }
        Ok(())
    }

    pub fn add(&mut self, name: &'static str, content: Vec<u8>) {
        self.content.insert(name, content);
    }

    /// Returns all files by name.
    pub fn into_members(self) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
        self.content.into_iter()
    }

    /// Returns the path of a file, for errors.
    pub fn path(&self, name: &str) -> PathBuf {
        self.place.join(name)
    }

    /// Returns the content of a file; nothing if it is not among them.
    pub fn content(&self, name: &str) -> &[u8] {
        self.content.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the rows of a table; none if it is not among the files.
    ///
    /// Returns an error if it is of another version, or lacks a column.
    pub fn rows<Row: Columns + Send>(&self, name: &str) -> Result<Vec<Row>, Error> {
        self.rows_where(name, |_| true)
    }

    /// As [`GatheredFiles::rows`], but only those rows that are wanted.
    pub fn rows_where<Row: Columns + Send>(
        &self,
        name: &str,
        is_wanted: impl Fn(&Row) -> bool + Sync,
    ) -> Result<Vec<Row>, Error> {
        match self.content.get(name) {
            Some(content) => parquet::decode_where(&self.path(name), content, is_wanted),
            None => Ok(Vec::new()),
        }
    }

    /// Returns whether all tables are of the version that is written.
    pub fn are_current(&self) -> bool {
        let is_current =
            |name: &&str| schema_version::is_current(&self.path(name), self.content(name));
        TABLES.iter().all(is_current)
    }

    /// Returns whether both have the same files.
    pub fn is_equal(&self, other: &Self) -> bool {
        self.content == other.content
    }
}
