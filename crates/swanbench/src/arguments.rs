//! What can be written on the command line.

#[cfg(feature = "training")]
mod training;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use swanbench_spec::Override;

#[cfg(feature = "training")]
pub use self::training::{Cost, Data, DataAction, DataPlace, Format, Input, LogFormat, Sweep};

/// Trains networks under different sparsity methods on equal terms, and draws accuracy against
/// FLOPs.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    #[cfg(feature = "training")]
    Sweep(Sweep),
    Report(Report),
    Runs(Runs),
    Clean(Clean),
    Check(Check),
    #[cfg(feature = "training")]
    Cost(Cost),
    List(List),
    #[cfg(feature = "training")]
    Data(Data),
    Schema(Schema),
}

/// Write pictures and tables from the results of a sweep
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench report quickstart")]
pub struct Report {
    /// The experiment's `name`: a folder in the folder of results
    pub name: String,
    #[command(flatten)]
    pub places: ReportPlaces,
}

/// List the runs of an experiment: how far each is, how old, where it was computed, why it failed
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench runs quickstart")]
pub struct Runs {
    /// The experiment's `name`: a folder in the folder of results
    pub name: String,
    /// Folder of results, with one folder an experiment
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub results: PathBuf,
}

/// Remove what is no result: failures, checkpoints, drafts, damaged files
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench clean quickstart
  swanbench clean quickstart --yes")]
pub struct Clean {
    /// The experiment's `name`: a folder in the folder of results
    pub name: String,
    /// Folder of results, with one folder an experiment
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub results: PathBuf,
    /// Remove it, instead of only showing what would be removed
    #[arg(long)]
    pub yes: bool,
}

/// Check an experiment and count its runs, without training any
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench check experiments/quickstart.yaml --set 'targets=[0.5, 0.1]'")]
pub struct Check {
    /// The experiment
    pub file: PathBuf,
    #[command(flatten)]
    pub input: ExperimentInput,
}

/// List what an experiment can name
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench list methods")]
pub struct List {
    pub what: Listed,
}

/// Print the JSON schema of experiments, from which editors complete and check
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench schema > experiment.schema.json")]
pub struct Schema {}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Listed {
    Methods,
    Models,
    Datasets,
}

/// Where results and pictures are.
#[derive(Debug, Args)]
pub struct ReportPlaces {
    /// Folder of results, with one folder an experiment
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub results: PathBuf,
    /// Folder of pictures and tables, with one folder an experiment
    #[arg(long, value_name = "DIR", default_value = "plots")]
    pub plots: PathBuf,
}

/// What changes how an experiment is read.
#[derive(Debug, Args)]
pub struct ExperimentInput {
    /// Folder to look for datasets in first
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Change a field of the experiment, such as `train.epochs=3`; repeatable
    #[arg(long, value_name = "PATH=VALUE", value_parser = Override::parse)]
    pub set: Vec<Override>,
}
