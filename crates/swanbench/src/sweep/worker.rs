//! One run in one thread, kept apart from all others.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, PoisonError, mpsc::Sender},
    thread,
    time::{Duration, Instant},
};

use swanbench_core::Weights;
use swanbench_data::Dataset;
use swanbench_results::{Failure, Locked, Store};
use swanbench_spec::{Epoch, RunRecord, RunSpec};
use swanbench_train::{Checkpoint, Observer, TrainError, TrainInput, train};

use crate::{
    build,
    sweep::{
        devices::{DeviceSlot, Devices},
        interrupt,
        reporter::Reporter,
    },
};

/// How often to look whether another sweep has finished a run.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// What a worker tells while it works. Runs are named by their position in the launch.
pub enum Event {
    Started(usize),
    Epoch(usize, Epoch),
    /// Another sweep has trained it.
    Elsewhere(usize),
    /// With the place where it was computed, and the lock to hold until the result is stored.
    Finished(usize, String, Result<RunRecord, Failure>, Locked),
    /// It stopped, because somebody asked, and goes on from a checkpoint.
    Interrupted(usize),
    /// Something that the user should know and that stops nothing.
    Warning(String),
    /// Locks and checkpoints do not work here.
    Broken(swanbench_results::Error),
}

/// What all workers share.
pub struct Worker<'a> {
    pub runs: &'a [&'a RunSpec],
    pub devices: Devices,
    pub store: &'a Store,
    pub checkpoint_every: Duration,
    /// Runs that another sweep had taken when their turn came, or whose sources were not done.
    pub taken: Mutex<Vec<usize>>,
}

impl Worker<'_> {
    /// Trains one run and reports its end, whatever that is. A run that another sweep has taken is
    /// left for later.
    pub fn work(&self, index: usize, events: &Sender<Event>) {
        if interrupt::asked() {
            return;
        }
        let run = self.runs[index];
        if !run.sources.iter().all(|source| self.store.is_done(source)) {
            return self.leave(index);
        }
        let lock = self.store.lock(&run.id);
        match lock.and_then(swanbench_results::RunLock::try_take) {
            Ok(Ok(locked)) => self.train_unless_done(index, locked, events),
            Ok(Err(_)) => self.leave(index),
            Err(error) => send(events, Event::Broken(error)),
        }
    }

    fn leave(&self, index: usize) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(index);
    }

    /// The runs that were left for later.
    pub fn left(&self) -> Vec<usize> {
        std::mem::take(&mut *self.taken.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the sweep that has the run, or one that it needs, and trains it if that one did not.
    /// All other runs of this sweep have ended.
    pub fn wait(&self, index: usize, events: &Sender<Event>) {
        while !interrupt::asked() {
            if let Some(source) = self.failed_source(index) {
                return self.give_up(index, source, events);
            }
            self.work(index, events);
            if self.left().is_empty() {
                return;
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// A run that this one needs and that has failed.
    fn failed_source(&self, index: usize) -> Option<&str> {
        let sources = self.runs[index].sources.iter().map(String::as_str);
        sources.into_iter().find(|source| matches!(self.store.failure(source), Ok(Some(_))))
    }

    fn give_up(&self, index: usize, source: &str, events: &Sender<Event>) {
        match self.store.lock(&self.runs[index].id).and_then(swanbench_results::RunLock::try_take) {
            Ok(Ok(locked)) => {
                let failure = Failure {
                    reason: format!("it needs the results of run {source}, which failed"),
                    epoch: None,
                    wall_secs: 0.0,
                    device: String::new(),
                };
                send(events, Event::Finished(index, String::new(), Err(failure), locked));
            }
            // Another sweep says so.
            Ok(Err(_)) => {}
            Err(error) => send(events, Event::Broken(error)),
        }
    }

    fn train_unless_done(&self, index: usize, locked: Locked, events: &Sender<Event>) {
        let run = self.runs[index];
        if self.store.is_done(&run.id) {
            return send(events, Event::Elsewhere(index));
        }
        let started = Instant::now();
        send(events, Event::Started(index));
        let seat = self.devices.seat();
        let place = seat.place();
        let mut reporter = Reporter::new(index, run, &place, self.store, events);
        reporter.checkpoint_every = self.checkpoint_every;
        let checkpoint = self.checkpoint(run, &place, events);
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
            let densities = densities(run, self.store)?;
            train_on(run, &seat, seat.data.share(), densities, checkpoint, &mut reporter)
        }));
        let epoch = reporter.epoch;
        drop(seat);
        let reason = match outcome {
            Ok(Ok(Ok(record))) => {
                return send(events, Event::Finished(index, place, Ok(record), locked));
            }
            Ok(Ok(Err(TrainError::Interrupted { .. }))) => {
                return send(events, Event::Interrupted(index));
            }
            Ok(Ok(Err(error))) => format!("{:#}", anyhow::Error::from(error)),
            Ok(Err(error)) => format!("{error:#}"),
            Err(panic) => first_line(&*panic),
        };
        let failure = Failure {
            reason,
            epoch: Some((epoch + 1).min(run.epochs())),
            wall_secs: started.elapsed().as_secs_f64(),
            device: place.clone(),
        };
        send(events, Event::Finished(index, place, Err(failure), locked));
    }

    /// Where the run goes on: at its checkpoint, if there is one that was computed in the same way.
    fn checkpoint(&self, run: &RunSpec, place: &str, events: &Sender<Event>) -> Option<Checkpoint> {
        match self.store.checkpoint(&run.id) {
            Ok(Some(content)) => {
                // Elsewhere sums are rounded differently, and the result would be neither's.
                let content = content.strip_prefix(format!("{place}\n").as_bytes())?;
                Checkpoint::from_bytes(content).ok()
            }
            Ok(None) => None,
            Err(error) => {
                send(events, Event::Warning(format!("{:#}", anyhow::Error::from(error))));
                None
            }
        }
    }
}

/// By site, the mean activity of the run that this one takes its densities from, if it takes them.
fn densities(run: &RunSpec, store: &Store) -> anyhow::Result<Option<Vec<f64>>> {
    let source = run.sources.first();
    Ok(source.map(|source| store.site_activities(source)).transpose()?)
}

/// Builds what the run names, and trains it on `data`.
pub fn train_on(
    run: &RunSpec,
    seat: &DeviceSlot<'_>,
    data: Dataset,
    densities: Option<Vec<f64>>,
    checkpoint: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> anyhow::Result<Result<RunRecord, TrainError>> {
    let at_width =
        |width| build::model(&run.model, data.shape, data.classes, run.model_width * width);
    let (model, reference) = (at_width(run.width)?, at_width(1.0)?);
    let method = build::method(run)?;
    let weights = seat.weights.as_ref().map(Weights::share);
    let (reference, device) = (reference.map(), seat.device);
    let input =
        TrainInput { run, data, model, reference, weights, densities, method, device, checkpoint };
    Ok(train(input, observer))
}

/// Nobody listens any more only when the sweep has already given up.
pub fn send(events: &Sender<Event>, event: Event) {
    let _ = events.send(event);
}

/// The message of a panic; libtorch puts a stack of its own behind the first line.
fn first_line(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    // tch unwraps what libtorch throws; its first line is the message, the rest a stack.
    let text = text.split_once("Torch(\"").map_or(text, |(_, thrown)| thrown);
    let line = text.split("\\n").next().unwrap_or(text).lines().next().unwrap_or(text);
    format!("stopped by an error inside libtorch or the program: {line}")
}
