//! The arguments of the commands that compute.

mod launching;

use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

use clap::{Args, Subcommand, ValueEnum};
use swanbench_spec::Override;
use swanbench_torch::{DeviceChoice, LinearKernels};

pub use self::launching::Launching;
use super::{ExperimentInput, OutputFolders, existing_folder};

/// Train the runs of an experiment that are missing, then write its report
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench sweep experiments/quickstart.yaml
  swanbench sweep experiments/quickstart.yaml --set name=trial --set train.epochs=3 --jobs 1
  swanbench sweep experiments/quickstart.yaml --dry-run
  swanbench sweep experiments/cifar-resnet20.yaml --device cuda:0,cuda:1 --jobs 16
  swanbench sweep experiments/quickstart.yaml --launcher slurm --partition cpu --wait")]
pub struct Sweep {
    /// The experiment
    pub file: PathBuf,
    /// Runs in parallel, each on one thread, on CUDA in a process of its own [default: the number of
    /// cores; on CUDA, of devices; in a job on another machine, 1]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Where to compute: cpu, cuda or cuda:N; several, such as cuda:0,cuda:1, share the runs
    #[arg(long, value_name = "DEVICE", default_value = "cpu", value_delimiter = ',')]
    pub device: Vec<DeviceChoice>,
    /// What multiplies the matrices of linear layers on the CPU: mkl, onednn, or auto, which
    /// depends on the processor. They round differently; results keep which it was
    #[arg(long, value_name = "LIBRARY", default_value = "auto")]
    pub linear: LinearKernels,
    #[command(flatten)]
    pub folders: OutputFolders,
    #[command(flatten)]
    pub input: ExperimentInput,
    /// List the runs and which of them are already done, estimate the time and the FLOPs of
    /// training the others from a few steps, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Keep the network of each run too, as `keep: models` in the experiment; runs without one are
    /// trained again
    #[arg(long)]
    pub keep_models: bool,
    /// Train again what failed in an earlier sweep
    #[arg(long)]
    pub retry_failed: bool,
    /// Seconds between checkpoints of a run, written at the end of an epoch; 0: after every epoch
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub checkpoint_every: u64,
    #[command(flatten)]
    pub output: OutputOptions,
    // Last: its heading counts for all options after it.
    #[command(flatten)]
    pub launching: Launching,
}

/// How a sweep shows what happens.
#[derive(Debug, Args)]
pub struct OutputOptions {
    /// How to show what happens: text with bars for people, or one line of JSON per event, as in
    /// `log.jsonl` in the folder of results
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// Write training curves for TensorBoard too, into `tensorboard` in the folder of results
    #[arg(long)]
    pub tensorboard: bool,
    /// List the files that were written
    #[arg(long, short)]
    pub verbose: bool,
    /// Print errors only, in the log format
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
}

impl OutputOptions {
    /// Returns whether errors, and what else is shown, are lines of JSON.
    pub fn is_json(&self) -> bool {
        self.log_format == LogFormat::Json
    }

    /// Returns whether events are shown as JSON.
    pub fn shows_json(&self) -> bool {
        self.is_json() && !self.quiet
    }

    /// Returns whether nothing is shown in text.
    pub fn is_silent(&self) -> bool {
        self.quiet || self.is_json()
    }
}

/// Count the MACs, FLOPs and parameters of a model, by layer
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
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        value_parser = clap::value_parser!(i64).range(1..=1_000_000)
    )]
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

/// Write the trained network of a run as a file that runs without libtorch
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench sweep experiments/quickstart.yaml --keep-models
  swanbench export quickstart:swan:0.1:0 --as gated --to swan.safetensors
  swanbench export 'quickstart:unit pruning:0.1:0' --as compact --to pruned.safetensors")]
pub struct Export {
    /// NAME:label:target:seed, where NAME is the experiment's and methods without a target have none;
    /// what is left out at the end must leave one run. Or NAME:id
    pub run: String,
    /// What becomes of units that are open for some examples only
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub form: ExportForm,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Folder of results, with one folder per experiment
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub results: PathBuf,
    #[command(flatten)]
    pub place: DataPlace,
}

/// Measure how fast exported networks are against the dense network in libtorch
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench bench swan.safetensors pruned.safetensors --batch 1,64 --seconds 5
  swanbench bench dense.safetensors swan.safetensors   easy and hard images apart, too")]
pub struct Bench {
    /// Files that `swanbench export` wrote, of runs of one model on the same data
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Images that are computed at once
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1,8,64")]
    pub batch: Vec<NonZeroU32>,
    /// Threads that share the images of a batch
    #[arg(long, value_name = "N", default_value = "1")]
    pub threads: NonZeroU32,
    /// Seconds for each network and batch size; they take turns
    #[arg(
        long,
        value_name = "S",
        default_value_t = 2.0,
        value_parser = parse_seconds,
        allow_negative_numbers = true
    )]
    pub seconds: f64,
    /// Where libtorch computes: cpu, cuda or cuda:N. Gates are computed on the CPU only
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: DeviceChoice,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    #[command(flatten)]
    pub place: DataPlace,
}

/// Train the runs of one job of a list, or gather what all jobs have found
///
/// Jobs that `sweep --launcher` has submitted call it, on whatever machine they are. Done runs are
/// skipped, and stopped ones continue from their checkpoints.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench work results/quickstart/jobs/1/list.json --index 3
  swanbench work results/quickstart/jobs/1/list.json --gather")]
pub struct Work {
    /// The list, which `sweep` writes
    pub list: PathBuf,
    /// Which job, counted from 0
    #[arg(long, value_name = "I", required_unless_present = "gather")]
    pub index: Option<usize>,
    /// Write the results of all runs that have ended, and the report
    #[arg(long, conflicts_with = "index")]
    pub gather: bool,
    /// Where to compute, in place of what the list says
    #[arg(long, value_name = "DEVICE")]
    pub device: Option<DeviceChoice>,
    /// Stop after the current epochs when standard input has a byte or ends
    #[arg(long)]
    pub attached: bool,
}

fn parse_seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.01..=3600.0).contains(seconds));
    seconds.ok_or_else(|| "expected seconds from 0.01 to 3600".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// All units that are open for any image of validation, and the gates that decide
    Gated,
    /// A smaller dense network: units that are open often enough, chosen on validation, stay open
    Compact,
    /// The compact network as ONNX
    Onnx,
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
    /// List the folder of each dataset, or where a download would put it
    List {
        #[command(flatten)]
        place: DataPlace,
    },
    /// Download a dataset into the cache, unless it is already there
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

/// The folder of data files.
#[derive(Debug, Args)]
pub struct DataPlace {
    /// Folder to look for datasets in first
    #[arg(long, value_name = "DIR", value_parser = existing_folder)]
    pub data_dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Table,
    Json,
}

/// The shape of an input: channels, height and width.
#[derive(Debug, Clone, Copy)]
pub struct Input(pub [i64; 3]);

fn parse_input(text: &str) -> Result<Input, String> {
    let sizes = text.split('x').map(|size| size.parse().ok());
    let sizes = sizes.collect::<Option<Vec<i64>>>().and_then(|sizes| sizes.try_into().ok());
    let is_valid = |shape: &[i64; 3]| shape.iter().all(|size| (1..=65_536).contains(size));
    let expected = || "expected channels, height and width, such as 3x32x32".to_owned();
    sizes.filter(is_valid).map(Input).ok_or_else(expected)
}
