//! Whether a dataset is on the machine.

use std::{fs, path::PathBuf};

use crate::{DataError, Places, entry::known};

/// Whether a dataset is on the machine, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It comes with the program, or is made by it.
    BuiltIn,
    /// All its files are there.
    Found {
        /// Where they are.
        folder: PathBuf,
        /// Their size together, as they lie there.
        bytes: u64,
    },
    /// Its files can be [fetched](crate::fetch()).
    Missing {
        /// Where they will be; none where no home folder is known.
        put_into: Option<PathBuf>,
        /// What has to be downloaded for it.
        bytes: u64,
    },
}

/// Whether a dataset is on the machine. Files are found, but not read.
///
/// # Errors
/// Where there is no such dataset.
pub fn state(name: &str, places: &Places) -> Result<State, DataError> {
    let Some(set) = known(name)?.files else { return Ok(State::BuiltIn) };
    let Ok((folder, paths)) = set.find(places) else {
        let put_into = set.put_into(places);
        return Ok(State::Missing { put_into, bytes: set.published.bytes() });
    };
    // A file that vanishes meanwhile has no size.
    let size = |path: &PathBuf| fs::metadata(path).map_or(0, |file| file.len());
    Ok(State::Found { folder, bytes: paths.iter().map(size).sum() })
}
