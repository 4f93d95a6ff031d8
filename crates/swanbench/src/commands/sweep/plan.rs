//! What a sweep is to train, where, and what its report says of it.

use std::{
    collections::HashSet,
    num::NonZeroUsize,
    path::{Path, PathBuf, absolute},
    thread,
};

use anyhow::Context;
use swanbench_results::{ExperimentMetadata, Store};
use swanbench_spec::{Claim, Keep, Launcher, RunSpec};
use swanbench_torch::DeviceChoice;

use crate::{
    arguments::Sweep,
    cluster::{Settings, launcher},
    exit::{CommandError, ExitCodeExt},
    prepare::Prepared,
    shell::quoted,
    training::{DevicePool, configure},
};

/// A checked experiment with its folders.
pub struct Plan<'a> {
    pub arguments: &'a Sweep,
    pub prepared: Prepared,
    pub store: Store,
    /// The folder of the experiment's report.
    pub plots: PathBuf,
}

impl<'a> Plan<'a> {
    /// Reads the experiment and its data, and writes nothing.
    ///
    /// Returns an error if the experiment or its data cannot be used.
    pub fn load(arguments: &'a Sweep) -> Result<Self, CommandError> {
        let prepared = Prepared::load(&arguments.file, &arguments.input)?;
        let (folders, name) = (&arguments.folders, &prepared.experiment.name);
        let store = Store::open(&folders.results, name);
        let plots = folders.plots.join(name);
        Ok(Self { arguments, prepared, store, plots })
    }

    /// Returns all runs of the experiment.
    pub fn runs(&self) -> &[RunSpec] {
        &self.prepared.experiment.runs
    }

    /// Returns what is kept of each run.
    pub fn keep(&self) -> Keep {
        if self.arguments.keep_models { Keep::Models } else { self.prepared.experiment.keep }
    }

    /// Returns the ids of the runs that have all that is kept of them: one look at the folder, where a
    /// look at each file would take a server minutes.
    ///
    /// Returns an error if the folder cannot be read.
    pub fn complete(&self) -> Result<HashSet<String>, CommandError> {
        self.store.complete(self.keep()).bad_input()
    }

    /// Returns whether a run failed, in this sweep or before.
    pub fn has_failed(&self, run: &RunSpec) -> bool {
        matches!(self.store.failure(&run.id), Ok(Some(_)))
    }

    /// Returns whether a run has not ended, or is to be trained again.
    ///
    /// Returns an error if the folder cannot be read.
    pub fn is_incomplete(&self) -> Result<bool, CommandError> {
        let complete = self.complete()?;
        let is_pending = |run: &RunSpec| !complete.contains(&run.id) && !self.stays_failed(run);
        Ok(self.runs().iter().any(is_pending))
    }

    /// Returns whether a run failed in an earlier sweep, and is not to be trained again.
    pub fn stays_failed(&self, run: &RunSpec) -> bool {
        // Equal runs fail equally: only another program or machine would change that.
        !self.arguments.retry_failed && self.has_failed(run)
    }

    /// Returns who starts the runs, and how.
    ///
    /// Returns an error if the user's own file is wrong.
    pub fn launcher(&self) -> Result<Launcher, CommandError> {
        let line = self.arguments.launching.launcher();
        launcher(line, self.prepared.experiment.launcher.clone())
    }

    /// Returns whether the runs are trained on graphics cards.
    pub fn is_on_cards(&self) -> bool {
        !self.arguments.device.contains(&DeviceChoice::Cpu)
    }

    /// Returns how many runs to train in parallel: as many as the user asked for, or one per core;
    /// on CUDA one per device, which one run keeps busy.
    pub fn jobs(&self) -> usize {
        match self.arguments.jobs {
            Some(jobs) => jobs.get(),
            None if self.is_on_cards() => self.arguments.device.len(),
            None => thread::available_parallelism().map_or(1, NonZeroUsize::get),
        }
    }

    /// Checks what [`open_devices`](Self::open_devices) does, for other processes to open them.
    pub fn check_devices(&self) -> Result<(), CommandError> {
        self.configure()?;
        DevicePool::check(&self.arguments.device)
    }

    /// Opens the devices, after setting what libtorch keeps for the whole process.
    ///
    /// Returns an error if a device is not available or cannot compute with the precision.
    pub fn open_devices(&self) -> Result<DevicePool, CommandError> {
        let (names, prepared) = (&self.arguments.device, &self.prepared);
        self.configure()?;
        DevicePool::open(names, prepared.weights.as_ref(), |device| prepared.data(device))
    }

    fn configure(&self) -> Result<(), CommandError> {
        let arguments = self.arguments;
        let precision = self.prepared.experiment.train.precision;
        configure(&arguments.device, arguments.linear, precision)
    }

    /// Returns what other processes must know of this sweep, which compute on `devices`, `at_once` runs in
    /// each.
    ///
    /// Returns an error if a folder has no absolute path.
    pub fn job_settings(
        &self,
        devices: &[DeviceChoice],
        at_once: usize,
        stated: Vec<Claim>,
    ) -> Result<Settings, CommandError> {
        let arguments = self.arguments;
        Ok(Settings {
            experiment: self.prepared.experiment.name.clone(),
            results: full(&arguments.folders.results)?,
            plots: full(&self.plots)?,
            data_dir: arguments.input.data_dir.as_deref().map(full).transpose()?,
            devices: devices.iter().map(ToString::to_string).collect(),
            linear: arguments.linear.to_string(),
            keep: self.keep(),
            checkpoint_every: arguments.checkpoint_every,
            at_once,
            about: self.metadata(stated),
        })
    }

    /// Returns what the report says beside the numbers; `stated` are the claims that were there before
    /// the first result.
    pub fn metadata(&self, stated: Vec<Claim>) -> ExperimentMetadata {
        let experiment = &self.prepared.experiment;
        let version = |name: &str, version: String| (name.to_owned(), version);
        ExperimentMetadata {
            title: experiment.title.clone(),
            description: experiment.description.clone(),
            claims: experiment.claims.clone(),
            stated,
            budget: experiment.budget,
            classes: self.prepared.classes(),
            test_examples: self.prepared.test_examples(),
            published: experiment.published.clone(),
            phases: experiment.phases.clone(),
            unreachable: self.prepared.unreachable.clone(),
            command: self.command(),
            versions: vec![
                version("swanbench", env!("CARGO_PKG_VERSION").to_owned()),
                version("libtorch", swanbench_torch::libtorch_version()),
                version(&experiment.data.kind, self.prepared.data_revision.clone()),
            ],
        }
    }

    /// Returns the command that repeats the experiment.
    fn command(&self) -> String {
        let file = quoted(&self.arguments.file.display().to_string());
        let changes = self.arguments.input.set.iter();
        let changes = changes.map(|change| format!(" --set {}", quoted(change.text())));
        format!("swanbench sweep {file}{}", changes.collect::<String>())
    }
}

/// Returns the absolute path of a folder.
///
/// Returns an error if there is no current folder.
pub fn full(path: &Path) -> Result<PathBuf, CommandError> {
    absolute(path).with_context(|| format!("cannot find `{}`", path.display())).failed()
}
