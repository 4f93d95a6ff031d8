//! Results that another experiment has already.

use std::{fs, path::Path};

use swanbench_spec::Keep;

use crate::{Error, Store, files, store::MODEL_FILE};

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
        let others = self.others();
        let mut taken = 0;
        for id in ids {
            let mut complete = others.iter().filter(|other| other.has_all(id, keep));
            if let Some(run) = complete.find_map(|other| other.whole(id)) {
                self.create()?;
                let is_new = files::create_folder(&self.done_folder(id), &run)?;
                let model = run.iter().find(|(name, _)| *name == MODEL_FILE);
                if let (false, Some((_, model))) = (is_new, model) {
                    self.write_model(id, model)?;
                }
                taken += usize::from(is_new);
                self.remove_leftovers(id)?;
            }
        }
        Ok(taken)
    }

    /// Returns whether another experiment in the same folder of results has finished the run, with its
    /// model if that is to be kept.
    pub fn is_done_elsewhere(&self, id: &str, keep: Keep) -> bool {
        self.others().iter().any(|other| other.has_all(id, keep))
    }

    /// Lists the other experiments in the folder of results, by name.
    fn others(&self) -> Vec<Store> {
        let results = self.folder().parent().unwrap_or(Path::new("."));
        let folders = fs::read_dir(results).into_iter().flatten().flatten();
        let mut names: Vec<String> = folders
            .filter(|entry| entry.path().is_dir() && entry.path() != self.folder())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names.iter().map(|name| Store::open(results, name)).collect()
    }
}
