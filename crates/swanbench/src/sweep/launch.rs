//! Spreads runs over threads and keeps every result as soon as it is there.

use std::{
    panic,
    sync::{Mutex, mpsc},
    thread,
    time::Duration,
};

use anyhow::Context;
use rayon::{
    ThreadPoolBuilder,
    iter::{ParallelBridge, ParallelIterator},
};
use swanbench_results::Store;
use swanbench_spec::RunSpec;

use crate::sweep::{
    Log, Progress, TensorBoard,
    devices::Devices,
    interrupt,
    worker::{Event, Worker},
};

/// The runs to train, and how.
pub struct Launch<'a> {
    pub runs: &'a [&'a RunSpec],
    pub devices: Devices,
    /// Runs side by side.
    pub jobs: usize,
    /// How long a run goes on without a checkpoint, at least.
    pub checkpoint_every: Duration,
}

/// How a launch ended.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Runs that failed.
    pub failed: usize,
    /// Whether somebody stopped it before the last run.
    pub interrupted: bool,
}

/// Trains all runs and stores each when it ends; one that fails does not stop the others.
///
/// # Errors
/// If a result cannot be stored or the log not written: the rest would be lost too.
pub fn launch(
    plan: Launch<'_>,
    store: &Store,
    mut progress: Progress,
    log: &mut Log,
    mut curves: Option<TensorBoard>,
) -> anyhow::Result<Outcome> {
    let Launch { runs, devices, jobs, checkpoint_every } = plan;
    // Polars has a pool of threads of its own, so results are written here and not by a worker,
    // which rayon might give another run to train while it waits.
    let pool = ThreadPoolBuilder::new()
        // More threads than runs would only wait.
        .num_threads(jobs.min(runs.len()).max(1))
        .thread_name(|index| format!("{WORKER} {index}"))
        .start_handler(|_| {
            swanbench_torch::prepare_thread().expect("libtorch takes one thread");
        })
        .build()
        .context("cannot start the threads")?;
    silence_workers();
    interrupt::listen()?;
    let worker = Worker { runs, devices, store, checkpoint_every, taken: Mutex::default() };
    let (events, inbox) = mpsc::channel();
    let mut outcome = Outcome::default();
    thread::scope(|scope| {
        let (worker, pool) = (&worker, &pool);
        scope.spawn(move || {
            pool.install(|| {
                // A bridge hands runs out in order; a slice would be cut into halves.
                (0..runs.len())
                    .par_bridge()
                    .for_each_with(events.clone(), |events, index| worker.work(index, events));
                for index in worker.left() {
                    worker.wait(index, &events);
                }
            });
        });
        for event in inbox {
            log.event(&event, runs)?;
            if let Some(curves) = &mut curves {
                curves.event(&event, runs)?;
            }
            match event {
                Event::Started(index) => progress.started(index, runs[index]),
                Event::Epoch(index, epoch) => progress.epoch(index, runs[index], &epoch),
                Event::Elsewhere(index) => progress.elsewhere(index, runs[index]),
                Event::Finished(index, device, Ok(record), _locked) => {
                    store.write(runs[index], &record, &device)?;
                    progress.finished(index, runs[index], &record);
                }
                Event::Finished(index, _, Err(failure), _locked) => {
                    outcome.failed += 1;
                    store.write_failure(runs[index], &failure)?;
                    progress.failed(index, runs[index], &failure);
                }
                Event::Interrupted(index) => progress.interrupted(index),
                Event::Warning(text) => progress.warning(&text),
                Event::Broken(error) => return Err(error.into()),
            }
        }
        outcome.interrupted = interrupt::asked();
        log.ended(outcome.failed, outcome.interrupted)?;
        Ok(outcome)
    })
}

const WORKER: &str = "run";

/// A panic in a worker becomes the reason of a failed run, so its trace need not be printed.
fn silence_workers() {
    let default = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !thread::current().name().is_some_and(|name| name.starts_with(WORKER)) {
            default(panic);
        }
    }));
}
