//! One experiment's folder of results.
//!
//! ```text
//! results/<experiment>/
//!   experiment.yaml              the text of the experiment, as read
//!   runs.parquet  epochs.parquet  sites.parquet  adaptivity.parquet  latency.parquet
//!   about.json  checksums.sha256 what all finished runs measured, gathered for the report
//!   claims.json                  the claims that were stated before the first result
//!   log.jsonl                    a line for everything that happened in a sweep
//!   <run id>.zip                 a finished run: done means renamed into place
//!     run.json  evaluations.parquet  epochs.parquet  sites.parquet  examples.parquet
//!     model.safetensors          if the experiment keeps models
//!   <run id>.failed/             a run that stopped early, until it succeeds
//!     run.json  failure.json
//!   <run id>.zip.damaged         a run whose file is not what was written
//!   <run id>.checkpoint          from which an interrupted run continues
//!   <run id>.lease-1             held by the process that trains the run
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;
use swanbench_spec::{Claim, Keep, RunRecord, RunSpec, columns::Columns};

use crate::{
    Error, Failure, Lease, Machine,
    archive::{self, Archive},
    checkpoint, files, parquet,
    rows::{EvaluationRow, RunCost},
};

/// The name of the file over all runs of an experiment.
pub const RUNS_FILE: &str = "runs.parquet";
const EXPERIMENT_FILE: &str = "experiment.yaml";
const CLAIMS_FILE: &str = "claims.json";
pub(crate) const RUN_FILE: &str = "run.json";
pub(crate) const EVALUATIONS_FILE: &str = "evaluations.parquet";
pub(crate) const EPOCHS_FILE: &str = "epochs.parquet";
pub(crate) const SITES_FILE: &str = "sites.parquet";
pub(crate) const EXAMPLES_FILE: &str = "examples.parquet";
pub(crate) const MODEL_FILE: &str = "model.safetensors";
/// The members of the file of a finished run, before its model.
pub(crate) const RUN_FILES: [&str; 5] =
    [RUN_FILE, EVALUATIONS_FILE, EPOCHS_FILE, SITES_FILE, EXAMPLES_FILE];
const FAILURE_FILE: &str = "failure.json";
const CHECKPOINT: &str = "checkpoint";

/// The results of one experiment. Any number of threads and processes may write at once, each run
/// into a folder of its own.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    experiment: String,
}

impl Store {
    /// Opens the store of `experiment` below the folder of all results. Touches no disk: the first write
    /// creates what is not there.
    pub fn open(results: &Path, experiment: &str) -> Self {
        Self { folder: results.join(experiment), experiment: experiment.to_owned() }
    }

    /// The files that say what an experiment is.
    pub(crate) const ABOUT_THE_EXPERIMENT: [&'static str; 2] = [EXPERIMENT_FILE, CLAIMS_FILE];

    /// Returns the folder of this experiment's results.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns whether a sweep has kept its experiment here.
    pub fn has_experiment(&self) -> bool {
        self.folder.join(EXPERIMENT_FILE).is_file()
    }

    /// Keeps the text of the experiment next to its results.
    ///
    /// Returns an error if the folder cannot be written; a sweep calls this first, to learn so
    /// before it trains.
    pub fn write_experiment(&self, text: &str) -> Result<(), Error> {
        self.create()?;
        files::replace_file(&self.folder.join(EXPERIMENT_FILE), text.as_bytes())
    }

    /// Returns the claims that were stated before the first result. If there is no result yet, they are
    /// `claims`, and are kept.
    ///
    /// Returns an error if the file system fails.
    pub fn state_claims(&self, claims: &[Claim]) -> Result<Vec<Claim>, Error> {
        self.create()?;
        let path = self.folder.join(CLAIMS_FILE);
        if path.exists() && self.has_results()? {
            let content = files::read(&path)?;
            return serde_json::from_slice(&content)
                .map_err(|source| Error::Claims { path, source });
        }
        let stated = if self.has_results()? { &[] } else { claims };
        files::replace_file(&path, &json(&stated))?;
        Ok(stated.to_vec())
    }

    /// Returns whether any run of the experiment is done.
    pub(crate) fn has_results(&self) -> Result<bool, Error> {
        let entries = fs::read_dir(&self.folder).map_err(Error::io("read", &self.folder))?;
        let mut names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        Ok(names.any(|name| name.ends_with(&format!(".{}", archive::KIND))))
    }

    /// Returns whether the run finished.
    pub fn is_done(&self, id: &str) -> bool {
        self.done_file(id).is_file()
    }

    /// Returns whether a finished run has its model.
    pub fn has_model(&self, id: &str) -> bool {
        self.file(id).is_ok_and(|file| file.has(MODEL_FILE))
    }

    /// Returns whether the run is done, and has its model if that is to be kept.
    pub fn has_all(&self, id: &str, keep: Keep) -> bool {
        self.is_done(id) && (keep == Keep::Results || self.has_model(id))
    }

    /// Reads the model of a finished run. `None` if it was not kept.
    ///
    /// Returns an error if it is not what was written.
    pub fn model(&self, id: &str) -> Result<Option<Vec<u8>>, Error> {
        self.has_model(id).then(|| self.file(id)?.read(MODEL_FILE)).transpose()
    }

    /// Stores a finished run, computed on `machine`, with its model if that is kept, and removes an
    /// earlier failure. A run that is done already stays as it is, but may get its model: equal runs
    /// have equal results.
    ///
    /// Returns an error if the file cannot be written; the run is then not done.
    pub fn write(
        &self,
        run: &RunSpec,
        record: &RunRecord,
        machine: &Machine,
        model: Option<Vec<u8>>,
    ) -> Result<(), Error> {
        self.create()?;
        let mut members = match self.whole(&run.id) {
            Ok(there) => there,
            Err(_) => members(run, record, machine)?,
        };
        if let (Some(model), true) = (model, members.len() == RUN_FILES.len()) {
            members.push((MODEL_FILE, model));
        }
        files::replace_file(&self.done_file(&run.id), &archive::encode(&members))?;
        self.drop_checkpoint(&run.id)?;
        self.forget_failure(&run.id)
    }

    /// Records that a run failed, in place of an earlier failure.
    ///
    /// Returns an error if the file system fails.
    pub fn write_failure(&self, run: &RunSpec, failure: &Failure) -> Result<(), Error> {
        self.create()?;
        let folder = self.failed_folder(&run.id);
        files::remove_folder(&folder)?;
        files::create_folder(&folder, &[(RUN_FILE, json(run)), (FAILURE_FILE, json(failure))])?;
        // It would only lead to the same failure again.
        self.drop_checkpoint(&run.id)
    }

    /// Removes the record of a failure, if there is one.
    ///
    /// Returns an error if the file system fails.
    pub fn forget_failure(&self, id: &str) -> Result<(), Error> {
        files::remove_folder(&self.failed_folder(id))
    }

    /// Takes a run, so that of several sweeps, on any machines, one trains it. `None` if another has
    /// it. What a process holds is free soon after its end, however it ends.
    ///
    /// Returns an error if the file system fails.
    pub fn lease(&self, id: &str) -> Result<Option<Lease>, Error> {
        self.create()?;
        Lease::take(&self.folder, id)
    }

    /// Removes what a process left that was killed just after a run was done: its lease, a
    /// checkpoint, an earlier failure.
    ///
    /// Returns an error if the file system fails.
    pub(crate) fn remove_leftovers(&self, id: &str) -> Result<(), Error> {
        self.drop_checkpoint(id)?;
        self.forget_failure(id)?;
        if Lease::exists(&self.folder, id) {
            // Dropped at once, it takes the files with it.
            drop(self.lease(id)?);
        }
        Ok(())
    }

    /// Keeps a checkpoint of a run, in place of an earlier one.
    ///
    /// Returns an error if the file cannot be written; the earlier one is then untouched.
    pub fn write_checkpoint(&self, id: &str, content: &[u8]) -> Result<(), Error> {
        self.create()?;
        checkpoint::write(&self.checkpoint_file(id), content)
    }

    /// Reads the checkpoint of a run that was interrupted. `None` if there is none.
    ///
    /// Returns [`Error::Damaged`] if the content is not what was written: the file is then moved aside.
    pub fn checkpoint(&self, id: &str) -> Result<Option<Vec<u8>>, Error> {
        checkpoint::read(&self.checkpoint_file(id))
    }

    /// Removes the checkpoint of a run, if there is one.
    ///
    /// Returns an error if the file system fails.
    pub fn drop_checkpoint(&self, id: &str) -> Result<(), Error> {
        files::remove_file(&self.checkpoint_file(id))
    }

    /// Returns why the run failed. `None` if it is done or was never tried.
    ///
    /// Returns an error if the record of the failure cannot be read.
    pub fn failure(&self, id: &str) -> Result<Option<Failure>, Error> {
        let path = self.failed_folder(id).join(FAILURE_FILE);
        if self.is_done(id) || !path.exists() {
            return Ok(None);
        }
        let content = files::read(&path)?;
        serde_json::from_slice(&content).map(Some).map_err(|source| Error::Json { path, source })
    }

    /// Returns the name of the experiment.
    pub(crate) fn experiment(&self) -> &str {
        &self.experiment
    }

    pub(crate) fn of_run<Row: Columns + Send>(
        &self,
        id: &str,
        file: &str,
    ) -> Result<Vec<Row>, Error> {
        let content = self.file(id)?.read(file)?;
        parquet::decode(&self.done_file(id).join(file), &content)
    }

    pub(crate) fn create(&self) -> Result<(), Error> {
        fs::create_dir_all(&self.folder).map_err(Error::io("create", &self.folder))
    }

    fn checkpoint_file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.{CHECKPOINT}"))
    }

    /// Opens the file of a finished run.
    pub(crate) fn file(&self, id: &str) -> Result<Archive, Error> {
        let path = self.done_file(id);
        Archive::open(&path)?.ok_or(Error::NoResults { path })
    }

    pub(crate) fn done_file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.{}", archive::KIND))
    }

    fn failed_folder(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.failed"))
    }
}

/// Returns the members of the file of a run, without its model.
fn members(
    run: &RunSpec,
    record: &RunRecord,
    machine: &Machine,
) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
    let cost = Arc::new(RunCost {
        train_flops: Some(record.train_flops),
        wall_secs: record.wall_secs,
        machine: machine.clone(),
    });
    let evaluations = record.evaluations.iter().cloned();
    let evaluations: Vec<_> =
        evaluations.map(|evaluation| EvaluationRow { evaluation, cost: cost.clone() }).collect();
    Ok(vec![
        (RUN_FILE, json(run)),
        (EVALUATIONS_FILE, parquet::encode(&evaluations)?),
        (EPOCHS_FILE, parquet::encode(&record.epochs)?),
        (SITES_FILE, parquet::encode(&record.sites)?),
        (EXAMPLES_FILE, parquet::encode(&record.examples)?),
    ])
}

/// Returns the content of a JSON file.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    let mut content = serde_json::to_vec_pretty(value).expect("plain data with text keys");
    content.push(b'\n');
    content
}
