//! Trains runs one after the other in one thread, each independent of all others.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use swanbench_results::{Failure, Locked, RunLock, Store};
use swanbench_spec::RunSpec;
use swanbench_train::Checkpoint;

use super::{
    devices::DevicePool,
    event::{Event, EventSender},
    interrupt,
    observer::RunObserver,
    single_run::{TrainingEnd, train_to_end},
};

/// How often a worker checks whether another sweep has finished a run.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// What all workers share.
pub struct Worker<'a> {
    pub devices: DevicePool,
    pub store: &'a Store,
    pub checkpoint_every: Duration,
    /// Runs that another sweep had locked when their turn came, or whose sources were not done.
    pub postponed: Mutex<Vec<&'a RunSpec>>,
}

impl<'a> Worker<'a> {
    /// Trains one run and reports how it ended. Postpones a run that another sweep has locked or
    /// whose sources are not done.
    pub fn work(&self, run: &'a RunSpec, events: &EventSender<'a>) {
        if interrupt::requested() {
            return;
        }
        if !run.sources.iter().all(|source| self.store.is_done(source)) {
            return self.postponed().push(run);
        }
        match self.lock(run) {
            Ok(Some(_)) if self.store.is_done(&run.id) => {
                events.send(Event::TrainedElsewhere(run));
            }
            Ok(Some(lock)) => self.train(run, lock, events),
            Ok(None) => self.postponed().push(run),
            Err(error) => events.send(Event::Broken(error)),
        }
    }

    /// Returns the runs that were postponed, and forgets them.
    pub fn take_postponed(&self) -> Vec<&'a RunSpec> {
        mem::take(&mut *self.postponed())
    }

    /// Waits for the sweep that has the run, or one of its sources, and trains the run if that one
    /// did not. All other runs of this sweep have ended.
    pub fn wait(&self, run: &'a RunSpec, events: &EventSender<'a>) {
        while !interrupt::requested() {
            let failure = |id: &String| self.store.failure(id).ok().flatten();
            if let Some(failure) = run.sources.iter().find_map(failure) {
                return self.fail(run, &failure, events);
            }
            self.work(run, events);
            if self.take_postponed().is_empty() {
                return;
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// Reports that a run has failed because its source has, unless another sweep does.
    fn fail(&self, run: &'a RunSpec, source: &Failure, events: &EventSender<'a>) {
        match self.lock(run) {
            Ok(Some(lock)) => {
                let failure = Failure {
                    reason: format!("the run whose results it needs failed: {}", source.reason),
                    epoch: None,
                    wall_secs: 0.0,
                    device: String::new(),
                };
                events.send(Event::Failed { run, failure, lock });
            }
            Ok(None) => {}
            Err(error) => events.send(Event::Broken(error)),
        }
    }

    fn train(&self, run: &'a RunSpec, lock: Locked, events: &EventSender<'a>) {
        let started = Instant::now();
        events.send(Event::Started(run));
        let slot = self.devices.acquire();
        let device = slot.description();
        let checkpoint = self.checkpoint(run, &device, events);
        let mut observer = RunObserver {
            run,
            device: &device,
            store: self.store,
            events,
            checkpoint_every: self.checkpoint_every,
            last_checkpoint: Instant::now(),
            epoch: 0,
        };
        let end = train_to_end(run, &slot, self.store, checkpoint, &mut observer);
        let epoch = observer.epoch;
        drop(slot);
        match end {
            TrainingEnd::Done(record) => events.send(Event::Done { run, record, device, lock }),
            TrainingEnd::Interrupted => events.send(Event::Interrupted(run)),
            // What goes wrong while everything stops may be no fault of the run.
            TrainingEnd::Failed(_) if interrupt::requested() => {
                events.send(Event::Interrupted(run));
            }
            TrainingEnd::Failed(reason) => {
                let epoch = Some((epoch + 1).min(run.epochs()));
                let wall_secs = started.elapsed().as_secs_f64();
                let failure = Failure { reason, epoch, wall_secs, device };
                events.send(Event::Failed { run, failure, lock });
            }
        }
    }

    /// Returns the checkpoint to continue from. `None` if there is none of an equal device.
    fn checkpoint(
        &self,
        run: &RunSpec,
        device: &str,
        events: &EventSender<'a>,
    ) -> Option<Checkpoint> {
        let content = self.store.checkpoint(&run.id).unwrap_or_else(|error| {
            events.send(Event::Warning(format!("{:#}", anyhow::Error::from(error))));
            None
        })?;
        // Other devices round sums differently, and the result would be neither's.
        let content = content.strip_prefix(format!("{device}\n").as_bytes())?;
        Checkpoint::from_bytes(content).ok()
    }

    fn lock(&self, run: &RunSpec) -> Result<Option<Locked>, swanbench_results::Error> {
        self.store.lock(&run.id).and_then(RunLock::try_take)
    }

    fn postponed(&self) -> MutexGuard<'_, Vec<&'a RunSpec>> {
        self.postponed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
