//! Results of the same experiment from several machines.

use std::fs;

use crate::{
    Error, Store, archive, files,
    store::{EPOCHS_FILE, EXAMPLES_FILE, SITES_FILE},
};

/// What of a run does not tell how long it took, or where.
const METRICS: [&str; 3] = [EPOCHS_FILE, SITES_FILE, EXAMPLES_FILE];

/// What became of another machine's runs.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Those that were not here, and are now.
    pub taken: usize,
    /// Those that were here, and measured the same.
    pub equal: usize,
    /// Ids of those that were here, and measured something else: they stay as they were.
    pub different: Vec<String>,
    /// Ids of those that are damaged there, or of another version.
    pub damaged: Vec<String>,
}

impl Store {
    /// Takes the finished runs of another folder of the same experiment that are not here; its
    /// experiment and claims too, if there are none here.
    ///
    /// Returns an error if a folder cannot be read or written.
    pub fn merge(&self, other: &Self) -> Result<Merged, Error> {
        let mut merged = Merged::default();
        let mut ids: Vec<String> = other.done()?.into_iter().collect();
        ids.sort();
        self.create()?;
        for id in ids {
            let Ok(theirs) = other.whole(&id) else {
                merged.damaged.push(id);
                continue;
            };
            if !self.is_done(&id) {
                files::replace_file(&self.done_file(&id), &archive::encode(&theirs))?;
                merged.taken += 1;
                continue;
            }
            let ours = self.whole(&id)?;
            let is_metric = |(name, _): &&(&str, Vec<u8>)| METRICS.contains(name);
            if ours.iter().filter(is_metric).eq(theirs.iter().filter(is_metric)) {
                merged.equal += 1;
            } else {
                merged.different.push(id);
            }
        }
        for name in Self::ABOUT_THE_EXPERIMENT {
            let (here, there) = (self.folder().join(name), other.folder().join(name));
            if !here.exists() && there.exists() {
                let content = fs::read(&there).map_err(Error::io("read", &there))?;
                files::replace_file(&here, &content)?;
            }
        }
        Ok(merged)
    }
}
