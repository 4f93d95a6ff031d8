//! What to do about a dataset that is not on the machine.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// What was looked for and where, when no folder holds all files of a set.
#[derive(Debug, Error)]
pub struct NotFound {
    /// The dataset.
    pub dataset: &'static str,
    /// Files that are missing: of the first folder that has some of them, otherwise all.
    pub missing: Vec<&'static str>,
    /// The first folder that has some of the files, but not all.
    pub incomplete: Option<PathBuf>,
    /// Every folder that was looked into, in order.
    pub searched: Vec<PathBuf>,
    /// Where to put the files, so that they are found; none where no home folder is known.
    pub put_into: Option<PathBuf>,
    /// The Debian package that brings the files.
    pub debian_package: Option<&'static str>,
}

impl fmt::Display for NotFound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "no complete copy of the dataset `{}` found", self.dataset)?;
        write!(out, "\n  missing: {} (plain or .gz)", self.missing.join(", "))?;
        if let Some(folder) = &self.incomplete {
            write!(out, ", in `{}`", folder.display())?;
        }
        let searched: Vec<_> = self.searched.iter().map(|folder| folder.display()).collect();
        write!(out, "\n  searched: ")?;
        for (position, folder) in searched.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(out, "{separator}{folder}")?;
        }
        write!(out, "\n  fetch them with `swanbench data fetch {}`", self.dataset)?;
        write_remedies(out, "them", self.put_into.as_deref(), self.debian_package)
    }
}

/// Where the user can put files that are missing, and which package brings them.
pub(crate) fn write_remedies(
    out: &mut fmt::Formatter<'_>,
    missing: &str,
    put_into: Option<&Path>,
    debian_package: Option<&str>,
) -> fmt::Result {
    match put_into {
        Some(folder) => write!(out, "\n  put {missing} into `{}`", folder.display())?,
        None => write!(out, "\n  put {missing} into a folder")?,
    }
    write!(out, ", or give the folder of the set with --data-dir")?;
    if let Some(package) = debian_package {
        write!(out, "\n  or install the Debian package `{package}`")?;
    }
    Ok(())
}
