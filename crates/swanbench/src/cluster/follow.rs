//! Shows what jobs do, from the logs that they write next to their list.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use swanbench_results::Store;
use swanbench_spec::RunSpec;

use super::{RunList, Submission, slurm};
use crate::training::{LogLine, ProgressBars};

/// How often logs are read.
const READ_INTERVAL: Duration = Duration::from_millis(500);
/// How long each of many logs may keep the shared folder's server busy: a thousand a second.
const READ_EVERY_LOG: Duration = Duration::from_millis(1);
/// How often Slurm is asked; its controller serves all users.
const ASK_INTERVAL: Duration = Duration::from_secs(10);
/// Answers that may be missing before it is said: a controller that starts again takes a minute.
const SILENCE: u32 = 6;

/// Shows the progress of `runs` until all have ended, or no job is left that could train them.
pub fn follow(
    list: &RunList,
    submission: &Submission,
    store: &Store,
    runs: &[&RunSpec],
    mut bars: ProgressBars,
) {
    let mut logs = Logs::of(list);
    let jobs = submission.all();
    let (mut asked, mut unanswered) = (Instant::now(), 0);
    loop {
        logs.read().iter().for_each(|line| bars.show(line));
        let has_ended = |run: &&&RunSpec| {
            store.has_all(&run.id, list.settings.keep)
                || store.failure(&run.id).is_ok_and(|failure| failure.is_some())
        };
        let is_complete = jobs.is_empty() && runs.iter().all(|run| has_ended(&run));
        if is_complete {
            return;
        }
        if !jobs.is_empty() && asked.elapsed() >= ASK_INTERVAL.min(logs.age()) {
            asked = Instant::now();
            match slurm::active(&jobs) {
                Ok(active) if active.is_empty() => {
                    logs.read().iter().for_each(|line| bars.show(line));
                    return;
                }
                Ok(_) => unanswered = 0,
                Err(error) => {
                    unanswered += 1;
                    if unanswered == SILENCE {
                        let text = format!("Slurm does not answer, and is asked again: {error:#}");
                        bars.show(&LogLine::Warning { text });
                    }
                }
            }
        }
        thread::sleep(READ_INTERVAL.max(READ_EVERY_LOG * logs.paths.len() as u32));
    }
}

/// The logs of all jobs, each read up to some place.
pub struct Logs {
    paths: Vec<PathBuf>,
    read: HashMap<PathBuf, u64>,
    started: Instant,
}

impl Logs {
    /// Begins with the first lines of the jobs of a list.
    pub fn of(list: &RunList) -> Self {
        let paths = (0..list.jobs()).map(|job| list.log(job)).collect();
        Self { paths, read: HashMap::new(), started: Instant::now() }
    }

    /// Returns how long they have been followed: short sweeps are asked after more often.
    fn age(&self) -> Duration {
        self.started.elapsed() / 10
    }

    /// Reads whole lines that were written since.
    pub fn read(&mut self) -> Vec<LogLine> {
        let mut lines = Vec::new();
        for path in &self.paths {
            let read = self.read.entry(path.clone()).or_default();
            let Ok(text) = rest_of(path, *read) else { continue };
            let end = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
            *read += end as u64;
            // What is of a later version, or not a number, is left out.
            let parsed = text[..end].split(|&byte| byte == b'\n').map(serde_json::from_slice);
            lines.extend(parsed.filter_map(Result::ok));
        }
        lines
    }
}

/// Reads a file from a place on. A job that has not started has none.
fn rest_of(path: &PathBuf, from: u64) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut rest = Vec::new();
    file.read_to_end(&mut rest)?;
    Ok(rest)
}
