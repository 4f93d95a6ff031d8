//! Distributes runs over threads and stores every result as soon as it arrives.

use std::{
    ops::AddAssign,
    panic,
    sync::{Mutex, Once, mpsc},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use rayon::{
    ThreadPool, ThreadPoolBuilder,
    iter::{ParallelBridge, ParallelIterator},
};
use swanbench_results::Store;
use swanbench_spec::{Keep, RunSpec};

use super::{
    devices::DevicePool,
    event::{Event, EventSender},
    interrupt,
    log::Log,
    log_line::LogLine,
    progress_bars::ProgressBars,
    tensorboard::TensorBoard,
    worker::Worker,
};

/// The runs to train, and how.
#[derive(Clone, Copy)]
pub struct Launch<'a> {
    pub runs: &'a [&'a RunSpec],
    pub devices: &'a DevicePool,
    /// Runs in parallel.
    pub jobs: usize,
    /// The shortest time between two checkpoints of a run.
    pub checkpoint_every: Duration,
    pub keep: Keep,
    /// How long to wait, when nothing else is left, for runs that other processes have.
    pub patience: Duration,
}

/// Everything that learns what happens in a launch.
pub struct Outputs<'a> {
    pub store: &'a Store,
    pub log: Log,
    pub progress: ProgressBars,
    pub curves: Option<TensorBoard>,
}

/// How a launch ended.
#[derive(Debug, Default)]
pub struct TrainingSummary {
    /// Runs that failed.
    pub failed: usize,
    /// Whether the user stopped it before the last run.
    pub interrupted: bool,
}

impl AddAssign for TrainingSummary {
    fn add_assign(&mut self, later: Self) {
        self.failed += later.failed;
        self.interrupted |= later.interrupted;
    }
}

/// Trains all runs and stores each when it ends; one that fails does not stop the others.
///
/// Returns an error if a result cannot be stored or the log not written: the rest would be lost
/// too.
pub fn launch(launch: Launch<'_>, outputs: &mut Outputs<'_>) -> anyhow::Result<TrainingSummary> {
    let Launch { runs, devices, jobs, checkpoint_every, keep, patience } = launch;
    let pool = thread_pool(jobs.min(runs.len()).max(1))?;
    silence_workers();
    let _training = interrupt::StopRequests::begin();
    let store = outputs.store;
    let worker = Worker { devices, store, checkpoint_every, keep, postponed: Mutex::default() };
    let (sender, inbox) = mpsc::channel();
    let events = EventSender(sender);
    let mut summary = TrainingSummary::default();
    thread::scope(|scope| {
        let (worker, pool) = (&worker, &pool);
        scope.spawn(move || {
            pool.install(|| {
                // A bridge hands runs out in order; a slice would be cut into halves.
                let runs = runs.iter().par_bridge();
                runs.for_each_with(events.clone(), |events, &run| worker.work(run, events));
                let started = Instant::now();
                for run in worker.take_postponed() {
                    worker.wait(run, &events, patience.saturating_sub(started.elapsed()));
                }
            });
        });
        for event in inbox {
            summary.failed += usize::from(matches!(event, Event::Failed { .. }));
            if let Err(error) = outputs.handle(event) {
                interrupt::request();
                return Err(error);
            }
        }
        summary.interrupted = interrupt::requested();
        outputs.end(&summary)?;
        Ok(summary)
    })
}

impl Outputs<'_> {
    /// Logs and shows something that the user should know and that stops nothing.
    ///
    /// Returns an error if the log cannot be written.
    pub fn warn(&mut self, text: String) -> anyhow::Result<()> {
        self.handle(Event::Warning(text))
    }

    /// Logs and shows what another process did and stored.
    ///
    /// Returns an error if the log cannot be written.
    pub fn tell(&mut self, line: &LogLine) -> anyhow::Result<()> {
        self.record(line)?;
        self.progress.show(line);
        Ok(())
    }

    /// Logs how the sweep ended.
    ///
    /// Returns an error if the log cannot be written.
    pub fn end(&mut self, summary: &TrainingSummary) -> anyhow::Result<()> {
        let &TrainingSummary { failed, interrupted } = summary;
        self.log.write(&LogLine::SweepEnded { failed, interrupted })
    }

    fn record(&mut self, line: &LogLine) -> anyhow::Result<()> {
        self.log.write(line)?;
        self.curves.as_mut().map_or(Ok(()), |curves| curves.line(line))
    }

    /// Stores what the event brings, then shows it. Polars has a pool of threads of its own, so
    /// results are written here and not by a worker, on whose thread rayon might start another run
    /// while it waits.
    fn handle(&mut self, mut event: Event<'_>) -> anyhow::Result<()> {
        let line = LogLine::of(&event);
        if let Some(line) = &line {
            self.record(line)?;
        }
        match &mut event {
            Event::Done { run, record, model, machine, .. } => {
                self.store.write(run, record, machine, model.take())?;
            }
            Event::Failed { run, failure, .. } => self.store.write_failure(run, failure)?,
            _ => {}
        }
        if let Some(line) = &line {
            self.progress.show(line);
        }
        match event {
            // Only now may another sweep take the run.
            Event::Done { lease, .. } | Event::Failed { lease, .. } => drop(lease),
            Event::Broken(error) => return Err(error.into()),
            _ => {}
        }
        Ok(())
    }
}

const WORKER: &str = "run";

/// Starts threads for workers. More threads than runs would only wait.
fn thread_pool(threads: usize) -> anyhow::Result<ThreadPool> {
    let builder = ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("{WORKER} {index}"))
        .start_handler(|_| {
            swanbench_torch::prepare_thread().expect("libtorch takes one thread");
        });
    builder.build().context("cannot start the threads")
}

/// Silences panics of workers: each becomes the reason of a failed run, so its trace need not be
/// printed.
fn silence_workers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let default = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !thread::current().name().is_some_and(|name| name.starts_with(WORKER)) {
                default(panic);
            }
        }));
    });
}
