//! What can be written on the command line.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use swanbench_spec::Override;
use swanbench_torch::{DeviceChoice, LinearKernels};

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
    Sweep(Sweep),
    Report(Report),
    Runs(Runs),
    Clean(Clean),
    Check(Check),
    Cost(Cost),
    List(List),
    Data(Data),
    Schema(Schema),
}

/// Train the runs of an experiment that are missing, then write its report
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench sweep experiments/quickstart.yaml
  swanbench sweep experiments/quickstart.yaml --set name=trial --set train.epochs=3 --jobs 1
  swanbench sweep experiments/quickstart.yaml --dry-run
  swanbench sweep experiments/fashion-resnet20.yaml --device cuda:0,cuda:1 --jobs 4")]
pub struct Sweep {
    /// The experiment
    pub file: PathBuf,
    /// Runs side by side, each on one thread [default: the number of cores; on CUDA, of devices]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Where to compute: cpu, cuda or cuda:N; several, such as cuda:0,cuda:1, share the runs
    #[arg(long, value_name = "DEVICE", default_value = "cpu", value_delimiter = ',')]
    pub device: Vec<DeviceChoice>,
    /// What multiplies the matrices of linear layers on the CPU: mkl, onednn, or auto, which goes by
    /// the processor. They round differently; results keep which it was
    #[arg(long, value_name = "LIBRARY", default_value = "auto")]
    pub linear: LinearKernels,
    #[command(flatten)]
    pub places: ReportPlaces,
    #[command(flatten)]
    pub input: ExperimentInput,
    /// List the runs and which of them are there already, and train nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Train again what failed in an earlier sweep
    #[arg(long)]
    pub retry_failed: bool,
    /// Seconds after which a run keeps a checkpoint, at the end of the epoch; 0: after every epoch
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub checkpoint_every: u64,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
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

/// Show what a model costs: MACs, FLOPs and parameters, by layer
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench cost lenet5
  swanbench cost mlp --set 'hidden=[300, 100]' --input 1x28x28 --classes 10 --format json")]
pub struct Cost {
    /// One of `swanbench list models`
    pub model: String,
    /// Channels, height and width of an image
    #[arg(long, value_name = "CxHxW", default_value = "1x28x28", value_parser = parse_input)]
    pub input: Input,
    /// Classes to tell apart
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
    pub classes: i64,
    /// A setting of the model, such as `hidden=[300, 100]`; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = Override::parse)]
    pub set: Vec<Override>,
    /// Scale of the hidden units
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    pub width: f64,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// List what an experiment can name
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench list methods")]
pub struct List {
    pub what: Listed,
}

/// Show, download and verify the files of datasets
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench data list
  swanbench data fetch fashion-mnist
  swanbench data verify fashion-mnist --data-dir downloads")]
pub struct Data {
    #[command(subcommand)]
    pub action: DataAction,
}

#[derive(Debug, Subcommand)]
pub enum DataAction {
    /// Where each dataset is, or would be put
    List {
        #[command(flatten)]
        place: DataPlace,
    },
    /// Download a dataset into the cache, unless it is there
    Fetch {
        /// One of `swanbench list datasets`
        name: String,
        #[command(flatten)]
        place: DataPlace,
    },
    /// Compare the files of a dataset with the published ones
    Verify {
        /// One of `swanbench list datasets`
        name: String,
        #[command(flatten)]
        place: DataPlace,
    },
}

/// Where files of data are.
#[derive(Debug, Args)]
pub struct DataPlace {
    /// Folder to look for datasets in first
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Table,
    Json,
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

/// Channels, height and width.
#[derive(Debug, Clone, Copy)]
pub struct Input(pub [i64; 3]);

fn parse_input(text: &str) -> Result<Input, String> {
    let sizes: Vec<i64> = text.split('x').map_while(|size| size.parse().ok()).collect();
    match <[i64; 3]>::try_from(sizes) {
        Ok(shape)
            if text.split('x').count() == 3
                && shape.iter().all(|size| (1..=65_536).contains(size)) =>
        {
            Ok(Input(shape))
        }
        _ => Err("expected channels, height and width, such as 3x32x32".to_owned()),
    }
}
