//! Who starts the runs of a sweep: this process or others of its own, Slurm, or another program.

use std::{collections::BTreeMap, fs, path::Path};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    SpecError, check::check_value, component::json_schema, document::Document, path::FieldPath,
    schema::mapping_schema,
};

/// Who starts runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LauncherKind {
    /// The sweep itself, on this machine.
    #[default]
    Local,
    /// Processes on this machine, each of which trains one run at a time.
    Processes,
    /// Slurm, on the nodes of a cluster that share the folder of results.
    Slurm,
    /// What the command `submit` hands them to.
    Command,
}

/// How runs are started, by other processes or on other machines. It changes no result, and no run's id. What is not set
/// here is taken from the user's own file, and then from the cluster's defaults.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Launcher {
    /// Who starts the runs: `local`, `processes`, `slurm` or `command`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<LauncherKind>,
    /// The partition of Slurm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// Graphics cards for each run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 64))]
    pub gpus_per_run: Option<u32>,
    /// Processor cores for each run; one thread trains it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1024))]
    pub cpus_per_run: Option<u32>,
    /// Runs that one job trains, the longest first. By default as many as take 5 to 30 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100_000))]
    pub runs_per_job: Option<u32>,
    /// The time limit of a job, as Slurm writes it: `2:00:00` is two hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Jobs that may run at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100_000))]
    pub max_jobs: Option<u32>,
    /// Further options of `sbatch`, by their long names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sbatch: BTreeMap<String, String>,
    /// With `command`: what a shell runs for each job, with {list} and {index} for what
    /// `swanbench work` needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submit: Option<String>,
}

impl Launcher {
    /// Reads a user's own file. `None` if there is none.
    ///
    /// Returns an error if it cannot be read, or with everything that is wrong in it.
    pub fn read(path: &Path) -> Result<Option<Self>, SpecError> {
        let file = path.display().to_string();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(SpecError::Unreadable { file, cause }),
        };
        let document = Document::read(&file, &text, &[])?;
        let mut problems = document.problems().to_vec();
        let schema = mapping_schema(&[&json_schema::<Self>()]);
        problems.extend(check_value(document.root(), &FieldPath::default(), &schema));
        if !problems.is_empty() {
            return Err(document.place(problems).into());
        }
        Ok(Some(serde_json::from_value(document.root().clone()).expect("the schema allows it")))
    }

    /// Returns whether other machines train the runs.
    pub fn is_remote(&self) -> bool {
        matches!(self.kind, Some(LauncherKind::Slurm | LauncherKind::Command))
    }

    /// Takes from `other` what is not set here.
    pub fn or(self, other: Self) -> Self {
        let mut sbatch = other.sbatch;
        sbatch.extend(self.sbatch);
        Self {
            kind: self.kind.or(other.kind),
            partition: self.partition.or(other.partition),
            gpus_per_run: self.gpus_per_run.or(other.gpus_per_run),
            cpus_per_run: self.cpus_per_run.or(other.cpus_per_run),
            runs_per_job: self.runs_per_job.or(other.runs_per_job),
            time: self.time.or(other.time),
            max_jobs: self.max_jobs.or(other.max_jobs),
            sbatch,
            submit: self.submit.or(other.submit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Launcher>, SpecError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slurm.yaml");
        fs::write(&path, text).unwrap();
        Launcher::read(&path)
    }

    #[test]
    fn a_users_file_has_what_nothing_nearer_says() {
        let own = read("partition: gpu\ntime: 2:00:00\nsbatch: { account: lab, qos: low }\n");
        let sbatch = BTreeMap::from([("qos".to_owned(), "high".to_owned())]);
        let nearer = Launcher { partition: Some("short".into()), sbatch, ..Launcher::default() };
        let all = nearer.or(own.unwrap().unwrap());
        assert_eq!(all.partition.as_deref(), Some("short"));
        assert_eq!(all.time.as_deref(), Some("2:00:00"));
        assert_eq!(all.sbatch["account"], "lab");
        assert_eq!(all.sbatch["qos"], "high");
    }

    #[test]
    fn a_users_file_is_checked_and_need_not_be_there() {
        assert_eq!(Launcher::read(Path::new("no/such/slurm.yaml")).unwrap(), None);
        let error = read("partitions: gpu\nmax_jobs: 0\n").unwrap_err().to_string();
        assert!(error.contains("slurm.yaml:1:1"), "{error}");
        assert!(error.contains("nearest: partition"), "{error}");
        assert!(error.contains("slurm.yaml:2:11"), "{error}");
    }
}
