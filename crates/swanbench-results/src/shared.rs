//! Results that another experiment has already.

use std::{collections::HashSet, fs, path::Path};

use swanbench_spec::Keep;

use crate::{Error, Store, archive, files};

impl Store {
    /// Copies those of the runs `ids` that another experiment in the same folder of results has
    /// finished, with models if they are to be kept: equal ids are equal runs. Returns how many there
    /// were. What is damaged there is left to that experiment.
    ///
    /// Returns an error if this experiment's folder cannot be written.
    pub fn reuse_from_others<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
        keep: Keep,
    ) -> Result<usize, Error> {
        let mut ids = ids.into_iter().peekable();
        if ids.peek().is_none() {
            return Ok(0);
        }
        let others = self.others()?;
        let mut taken = 0;
        for id in ids {
            let holders = others.iter().filter(|(_, done)| done.contains(id));
            let mut complete = holders.map(|(store, _)| store).filter(|one| one.has_all(id, keep));
            if let Some(run) = complete.find_map(|other| other.whole(id).ok()) {
                self.create()?;
                files::replace_file(&self.done_file(id), &archive::encode(&run))?;
                taken += 1;
                self.remove_leftovers(id)?;
            }
        }
        Ok(taken)
    }

    /// Returns those of the runs `ids` that another experiment in the same folder of results has
    /// finished, with their models if they are to be kept.
    ///
    /// Returns an error if a folder cannot be read.
    pub fn done_elsewhere<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
        keep: Keep,
    ) -> Result<HashSet<&'a str>, Error> {
        let others = self.others()?;
        let has = |id: &&str| {
            others.iter().any(|(store, done)| done.contains(*id) && store.has_all(id, keep))
        };
        Ok(ids.into_iter().filter(has).collect())
    }

    /// Lists the other experiments in the folder of results, by name, each with its finished runs.
    fn others(&self) -> Result<Vec<(Store, HashSet<String>)>, Error> {
        let results = self.folder().parent().unwrap_or(Path::new("."));
        let folders = fs::read_dir(results).into_iter().flatten().flatten();
        let mut names: Vec<String> = folders
            .filter(|entry| entry.path().is_dir() && entry.path() != self.folder())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        let stores = names.iter().map(|name| Store::open(results, name));
        stores.map(|store| Ok((store.clone(), store.done()?))).collect()
    }
}
