//! Hands the jobs of a list to whoever starts them.

use std::{env, fs, path::Path};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use swanbench_results::replace_file;
use swanbench_spec::{Launcher, LauncherKind};

use super::{
    RunList,
    slurm::{self, Array},
    template,
};
use crate::shell::quoted;

const SUBMITTED_FILE: &str = "submitted.json";

/// What the jobs of a list are called by Slurm.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Submission {
    /// The arrays; none if a command of the user's own starts the jobs.
    pub arrays: Vec<String>,
    /// The job that writes the report.
    pub report: Option<String>,
}

impl Submission {
    /// Returns the numbers of all jobs.
    pub fn all(&self) -> Vec<String> {
        self.arrays.iter().chain(&self.report).cloned().collect()
    }
}

/// Submits all jobs of a list. The first `independent` of them need no results of the others.
///
/// Returns an error with the other program's own words if it refuses.
pub fn submit(
    list: &RunList,
    independent: usize,
    launcher: &Launcher,
) -> anyhow::Result<Submission> {
    let submission = match launcher.kind.unwrap_or_default() {
        LauncherKind::Local | LauncherKind::Processes => Submission::default(),
        LauncherKind::Slurm => to_slurm(list, independent, launcher)?,
        LauncherKind::Command => {
            let submit = launcher.submit.as_deref().unwrap_or_default();
            let path = list.path().display().to_string();
            for index in 0..list.jobs() {
                template::start(submit, &path, index)?;
            }
            Submission::default()
        }
    };
    replace_file(&list.folder().join(SUBMITTED_FILE), &serde_json::to_vec(&submission)?)?;
    Ok(submission)
}

/// Returns what was submitted in a folder of jobs. `None` if nothing was.
///
/// Returns an error if its file cannot be read.
pub fn submitted(folder: &Path) -> anyhow::Result<Option<Submission>> {
    let path = folder.join(SUBMITTED_FILE);
    if !path.exists() {
        return Ok(None);
    }
    let named = || format!("cannot read `{}`", path.display());
    let text = fs::read(&path).with_context(named)?;
    Ok(Some(serde_json::from_slice(&text).with_context(named)?))
}

fn to_slurm(list: &RunList, independent: usize, launcher: &Launcher) -> anyhow::Result<Submission> {
    let settings = &list.settings;
    let program = env::current_exe().context("cannot find the program itself")?;
    let work = format!(
        "#!/bin/sh\nexec {} work {}",
        quoted(&program.display().to_string()),
        quoted(&list.path().display().to_string()),
    );
    let name = format!("swanbench-{}", settings.experiment);
    let folder = list.folder().display();
    let most = slurm::max_array_size();
    let mut submission = Submission::default();
    // Jobs whose runs need the results of others start when those have ended.
    for (first, end) in [(0, independent), (independent, list.jobs())] {
        let before = submission.arrays.clone();
        for first in (first..end).step_by(most) {
            let script = format!("{work} --index \"$((SLURM_ARRAY_TASK_ID + {first}))\"\n");
            let array = Array {
                name: &name,
                launcher,
                script: &script,
                tasks: Some(most.min(end - first)),
                at_once: settings.at_once,
                on_cards: settings.devices.iter().any(|device| device != "cpu"),
                output: &format!("{folder}/%A_%a.out"),
                after: &before,
            };
            submission.arrays.push(array.submit()?);
        }
    }
    let report = Array {
        name: &format!("{name}-report"),
        launcher,
        script: &format!("{work} --gather\n"),
        tasks: None,
        at_once: 0,
        on_cards: false,
        output: &format!("{folder}/report.out"),
        after: &submission.arrays,
    };
    submission.report = Some(report.submit()?);
    Ok(submission)
}
