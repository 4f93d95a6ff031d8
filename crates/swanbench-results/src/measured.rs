//! What one finished run measured, file by file.

use swanbench_spec::{Epoch, ExampleUse, SiteUse};

use crate::{
    Error, Store,
    rows::EvaluationRow,
    store::{EPOCHS_FILE, EVALUATIONS_FILE, EXAMPLES_FILE, SITES_FILE},
};

impl Store {
    /// Reads the evaluations of a finished run.
    ///
    /// Returns an error if the file is not there, is damaged, or lacks a column.
    pub fn evaluations(&self, id: &str) -> Result<Vec<EvaluationRow>, Error> {
        self.of_run(id, EVALUATIONS_FILE)
    }

    /// Reads the epochs of a finished run.
    ///
    /// Returns an error if the file is not there, is damaged, or lacks a column.
    pub fn epochs(&self, id: &str) -> Result<Vec<Epoch>, Error> {
        self.of_run(id, EPOCHS_FILE)
    }

    /// Reads the sites of a finished run, after every stage.
    ///
    /// Returns an error if the file is not there, is damaged, or lacks a column.
    pub fn sites(&self, id: &str) -> Result<Vec<SiteUse>, Error> {
        self.of_run(id, SITES_FILE)
    }

    /// Returns the mean share of open units of each site at the end of a finished run's first task.
    ///
    /// Returns an error as [`Store::sites`] does.
    pub fn site_activities(&self, id: &str) -> Result<Vec<f64>, Error> {
        let mut sites = self.sites(id)?;
        sites.retain(|site| site.task_index == 1);
        let last = sites.iter().map(|site| site.stage).max();
        let of_last = sites.iter().filter(|site| Some(site.stage) == last);
        Ok(of_last.map(|site| site.activity).collect())
    }

    /// Reads the test examples of a finished run, in the order of the data.
    ///
    /// Returns an error if the file is not there, is damaged, or lacks a column.
    pub fn examples(&self, id: &str) -> Result<Vec<ExampleUse>, Error> {
        self.of_run(id, EXAMPLES_FILE)
    }
}
