//! Missing files of a dataset, and what to do about them.

use std::{fmt, path::PathBuf};

use thiserror::Error;

/// A dataset of which no folder has all files.
#[derive(Debug, Error)]
pub struct FilesNotFound {
    pub(crate) dataset: &'static str,
    /// Missing files: of the first folder that has some of them, otherwise all.
    pub(crate) missing: Vec<&'static str>,
    /// First folder that has some of the files, but not all.
    pub(crate) incomplete: Option<PathBuf>,
    pub(crate) searched: Vec<PathBuf>,
    pub(crate) remedy: Remedy,
}

/// What a user can do about missing files.
#[derive(Debug)]
pub(crate) struct Remedy {
    /// Folder in which the files are found; `None` if no home folder is known.
    pub(crate) put_into: Option<PathBuf>,
    pub(crate) debian_package: Option<&'static str>,
}

impl fmt::Display for FilesNotFound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dataset = self.dataset;
        write!(out, "no complete copy of the dataset `{dataset}` found")?;
        write!(out, "\n  missing: {} (plain or .gz)", self.missing.join(", "))?;
        if let Some(folder) = &self.incomplete {
            write!(out, ", in `{}`", folder.display())?;
        }
        let searched = self.searched.iter().map(|folder| folder.display().to_string());
        write!(out, "\n  searched: {}", searched.collect::<Vec<_>>().join(", "))?;
        write!(out, "\n  fetch them with `swanbench data fetch {dataset}`")?;
        write!(out, "\n  put them into {}", self.remedy)
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.put_into {
            Some(folder) => write!(out, "`{}`", folder.display())?,
            None => write!(out, "a folder")?,
        }
        write!(out, ", or give the folder of the set with --data-dir")?;
        match self.debian_package {
            Some(package) => write!(out, "\n  or install the Debian package `{package}`"),
            None => Ok(()),
        }
    }
}
