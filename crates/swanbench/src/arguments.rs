//! The arguments of the command line.

#[cfg(feature = "training")]
mod training;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use swanbench_spec::Override;

#[cfg(feature = "training")]
pub use self::training::{
    Bench, Cost, Data, DataAction, DataPlace, Export, ExportForm, Format, Input, Sweep, Work,
};

/// Trains networks under different sparsity methods on equal terms, and draws accuracy against
/// FLOPs.
#[derive(Debug, Parser)]
#[command(version = env!("SWANBENCH_VERSION"), propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Returns whether the user wants lines of JSON on standard error.
    pub fn is_json(&self) -> bool {
        match &self.command {
            #[cfg(feature = "training")]
            Command::Sweep(sweep) => sweep.output.is_json(),
            _ => false,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    #[cfg(feature = "training")]
    Sweep(Sweep),
    Report(Report),
    Runs(Runs),
    Merge(Merge),
    Pack(Pack),
    Paper(Paper),
    Clean(Clean),
    Check(Check),
    #[cfg(feature = "training")]
    Cost(Cost),
    List(List),
    #[cfg(feature = "training")]
    Data(Data),
    #[cfg(feature = "training")]
    Export(Export),
    #[cfg(feature = "training")]
    Bench(Bench),
    #[cfg(feature = "training")]
    Work(Work),
    Schema(Schema),
    Completions(Completions),
    Man(Man),
}

/// Write pictures and tables from the results of a sweep
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench report quickstart
  swanbench report supplement.zip")]
pub struct Report {
    /// The experiment's `name`: a folder in the folder of results; or a file that `pack` wrote
    #[arg(value_name = "NAME|FILE", value_parser = report_source)]
    pub source: ReportSource,
    #[command(flatten)]
    pub folders: OutputFolders,
    /// List the files that were written
    #[arg(long, short)]
    pub verbose: bool,
}

/// List the runs of an experiment by method, target and seed, with their states
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench runs quickstart
  swanbench runs quickstart --long")]
pub struct Runs {
    /// The experiment's `name`: a folder in the folder of results
    #[arg(value_parser = experiment_name)]
    pub name: String,
    /// Folder of results, with one folder per experiment
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub results: PathBuf,
    /// List every run on a line of its own: id, state, age, size, device, name
    #[arg(long, short)]
    pub long: bool,
}

/// Take the runs that other machines have finished
///
/// Runs of the same id must be equal; those that are not are named, and stay as they are here.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench merge /media/stick/results")]
pub struct Merge {
    /// Other folders of results, with one folder per experiment
    #[arg(required = true, value_name = "FOLDER", value_parser = existing_folder)]
    pub folders: Vec<PathBuf>,
    /// The folder of results that takes them
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub results: PathBuf,
}

/// Write what the report is made from into one file, for a supplement or a repository
///
/// `report` reads it, on any machine. Single runs and their networks are not in it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench pack quickstart
  swanbench pack quickstart --output supplement.zip")]
pub struct Pack {
    /// The experiment's `name`: a folder in the folder of results
    #[arg(value_parser = experiment_name)]
    pub name: String,
    /// Folder of results, with one folder per experiment
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub results: PathBuf,
    /// The file to write [default: NAME.zip in the folder of results]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Show the numbers of a paper beside ours, from the results that are there
///
/// Trains nothing. Results are those of a sweep, or packed: NAME.zip in the folder of results.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench paper experiments/paper/*.yaml")]
pub struct Paper {
    /// Experiments with `published:`
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub folders: OutputFolders,
}

/// Remove everything but results: failures, checkpoints, drafts, damaged files
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  swanbench clean quickstart
  swanbench clean quickstart --yes")]
pub struct Clean {
    /// The experiment's `name`: a folder in the folder of results
    #[arg(value_parser = experiment_name)]
    pub name: String,
    /// Folder of results, with one folder per experiment
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

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench completions bash > ~/.local/share/bash-completion/completions/swanbench")]
pub struct Completions {
    pub shell: Shell,
}

/// Write the manual pages of all subcommands
#[derive(Debug, Args)]
#[command(after_help = "Example:
  swanbench man --to ~/.local/share/man/man1")]
pub struct Man {
    /// The folder, which is created if it does not exist
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Listed {
    Methods,
    Models,
    Datasets,
}

/// The folders of results and reports.
#[derive(Debug, Args)]
pub struct OutputFolders {
    /// Folder of results, with one folder per experiment
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub results: PathBuf,
    /// Folder of pictures and tables, with one folder per experiment
    #[arg(long, value_name = "DIR", default_value = "plots")]
    pub plots: PathBuf,
}

/// The options that change how an experiment is read.
#[derive(Debug, Args)]
pub struct ExperimentInput {
    /// Folder to look for datasets in first
    #[arg(long, value_name = "DIR", value_parser = existing_folder)]
    pub data_dir: Option<PathBuf>,
    /// Change a field of the experiment, such as `train.epochs=3`; repeatable
    #[arg(long, value_name = "PATH=VALUE", value_parser = Override::parse)]
    pub set: Vec<Override>,
}

/// Takes a folder that is there: a name with a mistake would leave the others to be searched.
fn existing_folder(path: &str) -> Result<PathBuf, String> {
    let folder = PathBuf::from(path);
    if folder.is_dir() { Ok(folder) } else { Err("there is no such folder".to_owned()) }
}

/// What a report is made from.
#[derive(Debug, Clone)]
pub enum ReportSource {
    /// An experiment in the folder of results.
    Experiment(String),
    /// A file that `pack` wrote.
    Pack(PathBuf),
}

fn report_source(text: &str) -> Result<ReportSource, String> {
    let path = Path::new(text);
    if path.extension().is_some_and(|kind| kind == "zip") {
        return Ok(ReportSource::Pack(path.to_path_buf()));
    }
    experiment_name(text).map(ReportSource::Experiment)
}

/// Takes the name of an experiment, which is no path.
pub fn experiment_name(text: &str) -> Result<String, String> {
    if !text.contains(['/', '\\']) {
        return Ok(text.to_owned());
    }
    let last = Path::new(text).file_stem().unwrap_or_default().to_string_lossy();
    Err(format!("it is a path, and a `name` is wanted, such as `{last}`"))
}
