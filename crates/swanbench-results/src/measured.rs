//! What one finished run measured, file by file.

use polars::prelude::{ChunkCompareEq as _, DataFrame};

use crate::{
    Error, Store,
    column::Layout,
    columns,
    store::{EPOCHS_FILE, EVALUATIONS_FILE, EXAMPLES_FILE, SITES_FILE},
};

impl Store {
    /// One row per stage, mode and statistics of a finished run.
    ///
    /// # Errors
    /// Where the file is not there, damaged, or lacks a column.
    pub fn evaluations(&self, id: &str) -> Result<DataFrame, Error> {
        self.of_run(id, EVALUATIONS_FILE, &Layout::of(&columns::measured()))
    }

    /// One row per epoch of a finished run.
    ///
    /// # Errors
    /// Where the file is not there, damaged, or lacks a column.
    pub fn epochs(&self, id: &str) -> Result<DataFrame, Error> {
        self.of_run(id, EPOCHS_FILE, &Layout::of(&columns::epochs()))
    }

    /// One row per stage and site of a finished run.
    ///
    /// # Errors
    /// Where the file is not there, damaged, or lacks a column.
    pub fn sites(&self, id: &str) -> Result<DataFrame, Error> {
        self.of_run(id, SITES_FILE, &Layout::of(&columns::sites()))
    }

    /// By site, the mean share of open units at the end of a finished run's first phase.
    ///
    /// # Errors
    /// As [`Store::sites`].
    pub fn site_activities(&self, id: &str) -> Result<Vec<f64>, Error> {
        let sites = self.sites(id)?;
        let first_phase = sites.column("phase")?.u64()?.equal(1);
        let sites = sites.filter(&first_phase)?;
        let stages = sites.column("stage")?.str()?;
        let last = stages.iter().last().flatten();
        let activities = sites.column("activity")?.f64()?;
        let of_last = stages.iter().zip(activities.iter()).filter(|(stage, _)| *stage == last);
        Ok(of_last.filter_map(|(_, activity)| activity).collect())
    }

    /// One row per test example of a finished run, in the order of the data.
    ///
    /// # Errors
    /// Where the file is not there, damaged, or lacks a column.
    pub fn examples(&self, id: &str) -> Result<DataFrame, Error> {
        self.of_run(id, EXAMPLES_FILE, &Layout::of(&columns::examples()))
    }
}
