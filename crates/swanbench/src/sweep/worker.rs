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
use swanbench_train::{Checkpoint, Job, Observer, TrainError, train};

use crate::{
    network,
    sweep::{
        devices::{Devices, Seat},
        interrupt,
        reporter::Reporter,
    },
};

/// How often to look whether another sweep has finished a run.
const PATIENCE: Duration = Duration::from_millis(200);

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
    /// Runs that another sweep had taken when their turn came.
    pub taken: Mutex<Vec<usize>>,
}

impl Worker<'_> {
    /// Trains one run and reports its end, whatever that is. A run that another sweep has taken is
    /// left for later.
    pub fn work(&self, index: usize, events: &Sender<Event>) {
        if interrupt::asked() {
            return;
        }
        let lock = self.store.lock(&self.runs[index].id);
        match lock.and_then(swanbench_results::RunLock::try_take) {
            Ok(Ok(locked)) => self.train_unless_done(index, locked, events),
            Ok(Err(_)) => {
                self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(index);
            }
            Err(error) => send(events, Event::Broken(error)),
        }
    }

    /// The runs that were left for later.
    pub fn left(&self) -> Vec<usize> {
        std::mem::take(&mut *self.taken.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the sweep that has the run, and trains it if that one did not.
    pub fn wait(&self, index: usize, events: &Sender<Event>) {
        while !interrupt::asked() {
            self.work(index, events);
            if self.left().is_empty() {
                return;
            }
            thread::sleep(PATIENCE);
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
            train_on(run, &seat, seat.data.share(), checkpoint, &mut reporter)
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
            epoch: Some((epoch + 1).min(run.train.epochs)),
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

/// Builds what the run names, and trains it on `data`.
pub fn train_on(
    run: &RunSpec,
    seat: &Seat<'_>,
    data: Dataset,
    checkpoint: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> anyhow::Result<Result<RunRecord, TrainError>> {
    let build =
        |width| network::model(&run.model, data.shape, data.classes, run.model_width * width);
    let (model, reference) = (build(run.width)?, build(1.0)?);
    let method = network::method(run)?;
    let weights = seat.weights.as_ref().map(Weights::share);
    let (reference, device) = (reference.map(), seat.device);
    let job = Job { run, data, model, reference, weights, method, device, checkpoint };
    Ok(train(job, observer))
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
