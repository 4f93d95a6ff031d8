//! Whether the file of a finished run is what was written.

use crate::{
    Error, Store, files, schema_version,
    store::{MODEL_FILE, RUN_FILES},
};

impl Store {
    /// Reads a finished run in full and compares it with its checksums. One that is damaged or of
    /// another version of the schema is moved aside, and is then not done any more.
    ///
    /// Returns [`Error::Damaged`] if that happened.
    pub fn verify(&self, id: &str) -> Result<(), Error> {
        if !self.is_done(id) || self.whole(id).is_ok() {
            return Ok(());
        }
        Err(files::move_aside(&self.done_file(id))?)
    }

    /// Verifies those of the finished runs whose files are not those that were gathered. Returns what
    /// was moved aside.
    ///
    /// Returns an error if the file system fails.
    pub fn verify_new<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Error>, Error> {
        let index = self.index();
        let mut damaged = Vec::new();
        for id in ids {
            if self.stamp(id).as_ref() == index.stamps.get(id) {
                continue;
            }
            match self.verify(id) {
                Ok(()) => {}
                Err(moved @ Error::Damaged { .. }) => damaged.push(moved),
                Err(error) => return Err(error),
            }
        }
        Ok(damaged)
    }

    /// Reads the members of the file of a finished run, its model last.
    ///
    /// Returns an error if they are not what this version writes.
    pub(crate) fn whole(&self, id: &str) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
        let mut file = self.file(id)?;
        let model = file.has(MODEL_FILE).then_some(MODEL_FILE);
        let names = RUN_FILES.into_iter().chain(model);
        let members = names.map(|name| Ok((name, file.read(name)?)));
        let members = members.collect::<Result<Vec<_>, Error>>()?;
        schema_version::check(&self.done_file(id), &members[1].1)?;
        Ok(members)
    }
}
