//! One run in one thread, kept apart from all others.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
    sync::mpsc::Sender,
    time::Instant,
};

use swanbench_core::Weights;
use swanbench_results::Failure;
use swanbench_spec::{Epoch, RunRecord, RunSpec};
use swanbench_train::{Job, Observer, TrainError, train};

use crate::{
    network,
    sweep::devices::{Devices, Seat},
};

/// What a worker tells while it works. Runs are named by their position in the launch.
pub enum Event {
    Started(usize),
    Epoch(usize, Epoch),
    /// With the place where it was computed.
    Finished(usize, String, Result<RunRecord, Failure>),
}

/// What all workers share.
pub struct Worker<'a> {
    pub runs: &'a [&'a RunSpec],
    pub devices: Devices,
}

impl Worker<'_> {
    /// Trains one run and reports its end, whatever that is.
    pub fn work(&self, index: usize, events: &Sender<Event>) {
        let started = Instant::now();
        let mut reporter = Reporter { index, events, epoch: 0 };
        if events.send(Event::Started(index)).is_err() {
            // The sweep has given up: a result could not be stored.
            return;
        }
        let seat = self.devices.seat();
        let device = seat.place();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
            Self::train(self.runs[index], &seat, &mut reporter)
        }));
        drop(seat);
        let reason = match outcome {
            Ok(Ok(record)) => return reporter.send(Event::Finished(index, device, Ok(record))),
            Ok(Err(error)) => format!("{error:#}"),
            Err(panic) => first_line(&*panic),
        };
        let failure = Failure {
            reason,
            epoch: Some((reporter.epoch + 1).min(self.runs[index].train.epochs)),
            wall_secs: started.elapsed().as_secs_f64(),
            device: device.clone(),
        };
        reporter.send(Event::Finished(index, device, Err(failure)));
    }

    fn train(
        run: &RunSpec,
        seat: &Seat<'_>,
        reporter: &mut Reporter<'_>,
    ) -> anyhow::Result<RunRecord> {
        let data = seat.data.share();
        let build =
            |width| network::model(&run.model, data.shape, data.classes, run.model_width * width);
        let (model, reference) = (build(run.width)?, build(1.0)?);
        let method = network::method(run)?;
        let weights = seat.weights.as_ref().map(Weights::share);
        let (reference, device) = (reference.map(), seat.device);
        train(Job { run, data, model, reference, weights, method, device }, reporter)
            .map_err(|error: TrainError| error.into())
    }
}

struct Reporter<'a> {
    index: usize,
    events: &'a Sender<Event>,
    epoch: u32,
}

impl Reporter<'_> {
    fn send(&self, event: Event) {
        // Nobody listens any more only when the sweep has already given up.
        let _ = self.events.send(event);
    }
}

impl Observer for Reporter<'_> {
    fn epoch(&mut self, epoch: &Epoch) {
        self.epoch = epoch.epoch;
        self.send(Event::Epoch(self.index, epoch.clone()));
    }
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
