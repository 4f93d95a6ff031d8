//! Slurm, by its own commands.

use std::{
    env,
    io::Write,
    process::{Command, Stdio},
};

use anyhow::{Context, anyhow};
use swanbench_spec::Launcher;

/// Slurm's default: the largest index of an array is one less.
const MAX_ARRAY_SIZE: usize = 1001;
/// Asks the job, and not only what it starts, to stop two minutes before its time is up.
const SIGNAL: &str = "B:USR1@120";

/// Jobs that are submitted together.
pub struct Array<'a> {
    pub name: &'a str,
    pub launcher: &'a Launcher,
    /// What each job runs; of an array, `$SLURM_ARRAY_TASK_ID` is its place.
    pub script: &'a str,
    /// How many there are; `None` for a job on its own.
    pub tasks: Option<usize>,
    /// Runs that a job trains at the same time; 0 for one that trains none.
    pub at_once: usize,
    /// Whether runs are trained on graphics cards.
    pub on_cards: bool,
    /// The file of what a job prints, with Slurm's own marks for its number.
    pub output: &'a str,
    /// Jobs that must have ended before.
    pub after: &'a [String],
}

impl Array<'_> {
    /// Submits the jobs, and returns the number that Slurm gives them.
    ///
    /// Returns an error with Slurm's own words if it refuses.
    pub fn submit(&self) -> anyhow::Result<String> {
        let printed = call("sbatch", &self.options(), self.script)?;
        // With several clusters, the name of the cluster follows.
        Ok(printed.trim().split(';').next().unwrap_or_default().to_owned())
    }

    fn options(&self) -> Vec<String> {
        let Self { launcher, at_once, .. } = self;
        let mut options = vec![
            "--parsable".to_owned(),
            "--requeue".to_owned(),
            "--open-mode=append".to_owned(),
            format!("--signal={SIGNAL}"),
            format!("--job-name={}", self.name),
            format!("--output={}", self.output),
        ];
        if let Some(tasks) = self.tasks {
            let most = launcher.max_jobs.map(|most| format!("%{most}")).unwrap_or_default();
            options.push(format!("--array=0-{}{most}", tasks - 1));
        }
        if !self.after.is_empty() {
            options.push(format!("--dependency=afterany:{}", self.after.join(":")));
        }
        let of_all = |of_one: u32| of_one as usize * at_once.max(&1);
        options.push(format!("--cpus-per-task={}", of_all(launcher.cpus_per_run.unwrap_or(1))));
        if self.on_cards && *at_once > 0 {
            options.push(format!("--gres=gpu:{}", of_all(launcher.gpus_per_run.unwrap_or(1))));
        }
        options.extend(launcher.partition.iter().map(|name| format!("--partition={name}")));
        options.extend(launcher.time.iter().map(|time| format!("--time={time}")));
        // Last, so that they count.
        options.extend(launcher.sbatch.iter().map(|(key, value)| format!("--{key}={value}")));
        options
    }
}

/// Returns how many jobs an array can have here.
pub fn max_array_size() -> usize {
    let config = call("scontrol", &["show".into(), "config".into()], "").unwrap_or_default();
    let line = config.lines().find_map(|line| line.strip_prefix("MaxArraySize"));
    let size = line.and_then(|rest| rest.trim_start_matches([' ', '=']).trim().parse().ok());
    size.unwrap_or(MAX_ARRAY_SIZE)
}

/// Lists those of the jobs that wait or run, each with its state and Slurm's reason.
///
/// Returns an error if Slurm does not answer.
pub fn active(jobs: &[String]) -> anyhow::Result<Vec<String>> {
    let options =
        ["--noheader".into(), format!("--jobs={}", jobs.join(",")), "--format=%i %T %r".into()];
    match call("squeue", &options, "") {
        Ok(lines) => Ok(lines.lines().map(str::to_owned).collect()),
        // It forgets jobs some minutes after their end.
        Err(error) if format!("{error:#}").contains("Invalid job id") => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Lets Slurm start the job again in which this process runs, from its checkpoints. Returns `false`
/// outside Slurm.
///
/// Returns an error with Slurm's own words if it refuses.
pub fn requeue() -> anyhow::Result<bool> {
    let variable = |name| env::var(name).ok();
    let job = match (variable("SLURM_ARRAY_JOB_ID"), variable("SLURM_ARRAY_TASK_ID")) {
        (Some(array), Some(task)) => Some(format!("{array}_{task}")),
        _ => variable("SLURM_JOB_ID"),
    };
    let Some(job) = job else { return Ok(false) };
    call("scontrol", &["requeue".to_owned(), job], "").map(|_| true)
}

/// Calls a command of Slurm, and returns what it prints.
fn call(command: &str, arguments: &[String], input: &str) -> anyhow::Result<String> {
    let mut child = Command::new(command);
    child.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child
        .spawn()
        .with_context(|| format!("cannot start `{command}`: is this a machine of the cluster?"))?;
    // What it does not want to read, it tells in its own words.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    let output = child.wait_with_output().with_context(|| format!("cannot run `{command}`"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let words: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Err(anyhow!("{command}: {}", words.join("; ")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn options_are_those_of_one_run_for_as_many_as_a_job_trains_at_once() {
        let launcher = Launcher {
            partition: Some("gpu".into()),
            cpus_per_run: Some(2),
            max_jobs: Some(10),
            sbatch: BTreeMap::from([("account".into(), "lab".into())]),
            ..Launcher::default()
        };
        let array = Array {
            name: "swanbench-tiny",
            launcher: &launcher,
            script: "",
            tasks: Some(40),
            at_once: 4,
            on_cards: true,
            output: "out",
            after: &["7".into(), "8".into()],
        };
        let options = array.options();
        for expected in [
            "--array=0-39%10",
            "--dependency=afterany:7:8",
            "--cpus-per-task=8",
            "--gres=gpu:4",
            "--partition=gpu",
        ] {
            assert!(options.iter().any(|option| option == expected), "{expected}: {options:?}");
        }
        assert_eq!(options.last().unwrap(), "--account=lab");
    }
}
