//! The arguments of the commands that compute.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use swanbench_spec::Override;
use swanbench_torch::{DeviceChoice, LinearKernels};

use super::{ExperimentInput, ReportPlaces};

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
    /// List the runs and which of them are there already, estimate the time and the FLOPs of
    /// training the others from a few steps, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Train again what failed in an earlier sweep
    #[arg(long)]
    pub retry_failed: bool,
    /// Seconds after which a run keeps a checkpoint, at the end of the epoch; 0: after every epoch
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub checkpoint_every: u64,
    #[command(flatten)]
    pub told: OutputOptions,
}

/// How a sweep tells what happens in it.
#[derive(Debug, Args)]
pub struct OutputOptions {
    /// How to tell what happens: bars and lines for people, or a line of JSON for every event, as in
    /// `log.jsonl` among the results
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// Write training curves for TensorBoard too, into `tensorboard` among the results
    #[arg(long)]
    pub tensorboard: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
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
