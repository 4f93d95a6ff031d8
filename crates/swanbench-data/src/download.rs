//! Downloads of the published files of datasets into the cache.
//!
//! A file gets its own name only after its sha256 was compared with the pinned one, so a mirror may
//! use plain HTTP.

mod archive;
mod client;
mod store;
#[cfg(test)]
mod tests;

use std::{fs, time::Duration};

pub use self::client::DownloadProgress;
use self::{archive::unpack, client::Client, store::lock};
use crate::{DataDirs, DataError, DatasetDef, DatasetStatus, Download, FileSet, status};

/// Downloads the files of a dataset into the cache, unless a folder has them already. Two processes
/// that fetch the same dataset wait for each other.
///
/// Returns an error if there is no cache, it cannot be written, or no mirror provides the files.
pub fn fetch(
    dataset: &dyn DatasetDef,
    dirs: &DataDirs,
    progress: &mut dyn DownloadProgress,
) -> Result<DatasetStatus, DataError> {
    if let Some(set) = dataset.files() {
        let client = Client::new(Duration::from_secs(30), 5, Duration::from_secs(1));
        fetch_files(set, dirs, &client, progress)?;
    }
    Ok(status(dataset, dirs))
}

fn fetch_files(
    set: &FileSet,
    dirs: &DataDirs,
    client: &Client,
    progress: &mut dyn DownloadProgress,
) -> Result<(), DataError> {
    match set.find(dirs) {
        Ok(_) => return Ok(()),
        // Who names a folder wants what is in it, not a download.
        Err(error) if dirs.data_dir.is_some() => return Err(error),
        Err(_) => {}
    }
    let folder = set.download_folder(dirs).ok_or(DataError::NoCache { dataset: set.name })?;
    let unwritable = |source| DataError::Unwritable { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(unwritable)?;
    let _lock = lock(&folder).map_err(unwritable)?;
    // Another process may have fetched it while this one waited.
    if set.find(dirs).is_ok() {
        return Ok(());
    }
    for file in set.published() {
        client.download(set, &file, &folder, progress)?;
    }
    if let Download::TarGzip { name, folder: inner, .. } = set.download {
        let archive = folder.join(name);
        unpack(&archive, inner, set.files, &folder)?;
        fs::remove_file(&archive).map_err(unwritable)?;
    }
    Ok(())
}
