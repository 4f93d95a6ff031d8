//! The file that tells a job what it trains.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use swanbench_results::{ExperimentMetadata, replace_file};
use swanbench_spec::{Keep, RunSpec};

/// The name of the list in the folder of its jobs.
const LIST_FILE: &str = "list.json";
const RUNS_FILE: &str = "runs.jsonl";
/// A prime number, larger than most lists are long.
const SPREAD: usize = 1_000_003;
/// The version that writes lists, and the only one that reads them: another one may train the same
/// runs to other results.
const VERSION: &str = env!("SWANBENCH_VERSION");

/// What all jobs have in common.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// The name of the experiment.
    pub experiment: String,
    /// The folder of all results, as an absolute path.
    pub results: PathBuf,
    /// The folder of the report, as an absolute path.
    pub plots: PathBuf,
    pub data_dir: Option<PathBuf>,
    /// As `--device` has them.
    pub devices: Vec<String>,
    /// As `--linear` has it: the same for all jobs, whatever their processors.
    pub linear: String,
    pub keep: Keep,
    /// Seconds between checkpoints.
    pub checkpoint_every: u64,
    /// Runs that a job trains at the same time.
    pub at_once: usize,
    /// What the report says beside the numbers.
    pub about: ExperimentMetadata,
}

/// The runs of an experiment, and which of them each job trains.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunList {
    version: String,
    pub settings: Settings,
    /// By run, its id, and where its line begins in the file of runs.
    places: Vec<(String, u64)>,
    /// By job, its runs, in their order.
    jobs: Vec<Vec<usize>>,
    /// Where the list was read.
    #[serde(skip)]
    folder: PathBuf,
}

impl RunList {
    /// Writes a list into a new folder, and returns it.
    ///
    /// Returns an error if a file cannot be written.
    pub fn write(
        folder: PathBuf,
        settings: Settings,
        runs: &[RunSpec],
        jobs: Vec<Vec<usize>>,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create `{}`", folder.display()))?;
        let (mut lines, mut places) = (Vec::new(), Vec::with_capacity(runs.len()));
        for run in runs {
            places.push((run.id.clone(), lines.len() as u64));
            serde_json::to_writer(&mut lines, run)?;
            lines.push(b'\n');
        }
        let list = Self { version: VERSION.to_owned(), settings, places, jobs, folder };
        replace_file(&list.folder.join(RUNS_FILE), &lines)?;
        replace_file(&list.path(), &serde_json::to_vec(&list)?)?;
        Ok(list)
    }

    /// Reads a list.
    ///
    /// Returns an error if it is no list, or of another version of this program.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        let named = || format!("`{}` is no list of runs", path.display());
        let text = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let Version { version } = parse(&text).with_context(named)?;
        if version != VERSION {
            return Err(anyhow!(
                "`{}` was written by version {version}, and this is {VERSION}: submit again",
                path.display()
            ));
        }
        let mut list: Self = parse(&text).with_context(named)?;
        list.folder = path.parent().unwrap_or(Path::new(".")).to_path_buf();
        Ok(list)
    }

    /// Returns the path of the list.
    pub fn path(&self) -> PathBuf {
        self.folder.join(LIST_FILE)
    }

    /// Returns the folder of the list, and of its jobs' files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the log of a job.
    pub fn log(&self, job: usize) -> PathBuf {
        self.folder.join(format!("{job}.jsonl"))
    }

    /// Counts the jobs.
    pub fn jobs(&self) -> usize {
        self.jobs.len()
    }

    /// Reads the runs of a job.
    ///
    /// Returns an error if there is no such job, or a run cannot be read.
    pub fn job(&self, index: usize) -> anyhow::Result<Vec<RunSpec>> {
        let runs = self.jobs.get(index);
        let runs = runs.with_context(|| {
            format!("there is no job {index}: they are 0 to {}", self.jobs.len().saturating_sub(1))
        })?;
        self.read_runs(runs)
    }

    /// Reads some of the runs that no job has begun, which job `index` may train: of `busy` processes
    /// that look for some, each takes half of its share, so that few meet. Empty if all have begun.
    ///
    /// Returns an error if a run cannot be read.
    pub fn not_begun(
        &self,
        index: usize,
        has_begun: impl Fn(&str) -> bool,
        busy: usize,
    ) -> anyhow::Result<Vec<RunSpec>> {
        let is_left = |run: &usize| self.places.get(*run).is_some_and(|(id, _)| !has_begun(id));
        let left: Vec<usize> = self.jobs.iter().flatten().copied().filter(is_left).collect();
        let count = left.len().div_ceil(2 * busy.max(1));
        // Jobs begin at places far apart.
        let first = index.wrapping_mul(SPREAD) % left.len().max(1);
        let some = left.iter().cycle().skip(first).take(count).copied();
        self.read_runs(&some.collect::<Vec<_>>())
    }

    fn read_runs(&self, runs: &[usize]) -> anyhow::Result<Vec<RunSpec>> {
        let mut file = BufReader::new(self.open()?);
        let mut read = |&run: &usize| {
            let place = self.places.get(run);
            let (_, offset) = place.context("the list names a run that is not there")?;
            file.seek(SeekFrom::Start(*offset))?;
            let mut line = Vec::new();
            file.read_until(b'\n', &mut line)?;
            parse(&line)
        };
        runs.iter().map(&mut read).collect::<anyhow::Result<_>>().with_context(|| self.damaged())
    }

    /// Reads all runs of the experiment.
    ///
    /// Returns an error if one cannot be read.
    pub fn runs(&self) -> anyhow::Result<Vec<RunSpec>> {
        let mut text = Vec::new();
        self.open()?.read_to_end(&mut text).with_context(|| self.damaged())?;
        let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        lines.map(parse).collect::<anyhow::Result<_>>().with_context(|| self.damaged())
    }

    fn open(&self) -> anyhow::Result<File> {
        let path = self.folder.join(RUNS_FILE);
        File::open(&path).with_context(|| format!("cannot read `{}`", path.display()))
    }

    fn damaged(&self) -> String {
        format!("cannot read the runs in `{}`", self.folder.display())
    }
}

fn parse<Content: DeserializeOwned>(text: &[u8]) -> anyhow::Result<Content> {
    Ok(serde_json::from_slice(text)?)
}
