//! Who starts the runs of a sweep, on the command line.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use swanbench_spec::{Launcher, LauncherKind};

/// How runs are started on other machines. The experiment's `launcher:` and, for Slurm,
/// `~/.config/swanbench/slurm.yaml` say what is not said here.
#[derive(Debug, Args)]
#[command(next_help_heading = "Other machines")]
pub struct Launching {
    /// Who starts the runs [default: local; on CUDA with several jobs, processes]
    #[arg(long, value_enum, value_name = "KIND")]
    pub launcher: Option<Kind>,
    /// Follow the jobs to their end, then show what was found
    #[arg(long)]
    pub wait: bool,
    /// The partition of Slurm
    #[arg(long, value_name = "NAME")]
    pub partition: Option<String>,
    /// Graphics cards for each run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub gpus_per_run: Option<u32>,
    /// Processor cores for each run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub cpus_per_run: Option<u32>,
    /// Runs that one job trains, the longest first [default: as many as take 5 to 30 minutes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub runs_per_job: Option<u32>,
    /// The time limit of a job, as Slurm writes it: 2:00:00 is two hours
    #[arg(long, value_name = "TIME")]
    pub time: Option<String>,
    /// Jobs that may run at the same time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_jobs: Option<u32>,
    /// A further option of sbatch, such as `account=lab`; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    pub sbatch: Vec<(String, String)>,
    /// With `--launcher command`: what a shell runs for each job, with {list} and {index} for what
    /// `swanbench work` needs
    #[arg(long, value_name = "COMMAND")]
    pub submit: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// This process, on this machine
    Local,
    /// Processes on this machine, each of which trains one run at a time
    Processes,
    /// Slurm, on nodes that share the folder of results
    Slurm,
    /// What `--submit` hands them to
    Command,
}

impl Launching {
    /// Returns what the command line says.
    pub fn launcher(&self) -> Launcher {
        let kind = self.launcher.map(|kind| match kind {
            Kind::Local => LauncherKind::Local,
            Kind::Processes => LauncherKind::Processes,
            Kind::Slurm => LauncherKind::Slurm,
            Kind::Command => LauncherKind::Command,
        });
        Launcher {
            kind,
            partition: self.partition.clone(),
            gpus_per_run: self.gpus_per_run,
            cpus_per_run: self.cpus_per_run,
            runs_per_job: self.runs_per_job,
            time: self.time.clone(),
            max_jobs: self.max_jobs,
            sbatch: self.sbatch.iter().cloned().collect::<BTreeMap<_, _>>(),
            submit: self.submit.clone(),
        }
    }
}

fn parse_pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.trim_start_matches('-').to_owned(), value.to_owned()))
}
