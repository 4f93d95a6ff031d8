//! Trains runs one after the other in one thread, each independent of all others.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use swanbench_results::{Failure, Lease, Machine, Store};
use swanbench_spec::{Keep, RunSpec};
use swanbench_train::Checkpoint;

use super::{
    devices::DevicePool,
    event::{Event, EventSender},
    interrupt,
    observer::RunObserver,
    single_run::{TrainingEnd, train_to_end},
};
use crate::{machine::machine, title::title};

/// How often a worker checks whether another sweep has finished a run.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// What all workers share.
pub struct Worker<'a> {
    pub devices: &'a DevicePool,
    pub store: &'a Store,
    pub checkpoint_every: Duration,
    pub keep: Keep,
    /// Runs that another sweep had when their turn came, or whose sources were not done.
    pub postponed: Mutex<Vec<&'a RunSpec>>,
}

impl<'a> Worker<'a> {
    /// Trains one run and reports how it ended. Postpones a run that another sweep has, or
    /// whose sources are not done.
    pub fn work(&self, run: &'a RunSpec, events: &EventSender<'a>) {
        if interrupt::requested() {
            return;
        }
        if !run.sources.iter().all(|source| self.store.is_done(source)) {
            return self.postponed().push(run);
        }
        match self.store.lease(&run.id) {
            Ok(Some(_)) if self.store.has_all(&run.id, self.keep) => {
                events.send(Event::TrainedElsewhere(run));
            }
            Ok(Some(lease)) => self.train(run, lease, events),
            Ok(None) => self.postponed().push(run),
            Err(error) => events.send(Event::Broken(error)),
        }
    }

    /// Returns the runs that were postponed, and forgets them.
    pub fn take_postponed(&self) -> Vec<&'a RunSpec> {
        mem::take(&mut *self.postponed())
    }

    /// Waits for the sweep that has the run, or one of its sources, and trains the run if that one
    /// did not, unless this takes too long. All other runs of this sweep have ended.
    pub fn wait(&self, run: &'a RunSpec, events: &EventSender<'a>, patience: Duration) {
        let started = Instant::now();
        while !interrupt::requested() {
            let failure = |id: &String| self.store.failure(id).ok().flatten();
            if let Some(failure) = run.sources.iter().find_map(failure) {
                return self.fail(run, &failure, events);
            }
            self.work(run, events);
            if self.take_postponed().is_empty() || started.elapsed() >= patience {
                return;
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// Reports that a run has failed because its source has, unless another sweep does.
    fn fail(&self, run: &'a RunSpec, source: &Failure, events: &EventSender<'a>) {
        match self.store.lease(&run.id) {
            Ok(Some(lease)) => {
                let failure = Failure {
                    reason: format!("the run whose results it needs failed: {}", source.reason),
                    epoch: None,
                    wall_secs: 0.0,
                    machine: Machine::default(),
                };
                events.send(Event::Failed { run, failure, lease });
            }
            Ok(None) => {}
            Err(error) => events.send(Event::Broken(error)),
        }
    }

    fn train(&self, run: &'a RunSpec, lease: Lease, events: &EventSender<'a>) {
        let started = Instant::now();
        events.send(Event::Started(run));
        let slot = self.devices.acquire();
        let device = slot.description.clone();
        let checkpoint = self.checkpoint(run, &device, events);
        let mut observer = RunObserver {
            run,
            device: &device,
            store: self.store,
            events,
            checkpoint_every: self.checkpoint_every,
            last_checkpoint: Instant::now(),
            epoch: 0,
            keep: self.keep,
            model: None,
        };
        let end = train_to_end(run, &slot, self.store, checkpoint, &mut observer);
        let RunObserver { epoch, model, .. } = observer;
        drop(slot);
        match end {
            TrainingEnd::Done(record) => {
                let machine = machine(device);
                events.send(Event::Done { run, record, model, machine, lease });
            }
            TrainingEnd::Interrupted => events.send(Event::Interrupted(run)),
            // What goes wrong while everything stops may be no fault of the run.
            TrainingEnd::Failed(_) if interrupt::requested() => {
                events.send(Event::Interrupted(run));
            }
            TrainingEnd::Failed(reason) => {
                let epoch = Some((epoch + 1).min(run.epochs()));
                let wall_secs = started.elapsed().as_secs_f64();
                let failure = Failure { reason, epoch, wall_secs, machine: machine(device) };
                events.send(Event::Failed { run, failure, lease });
            }
        }
    }

    /// Returns the checkpoint to continue from. `None` if there is none of an equal device and
    /// version.
    fn checkpoint(
        &self,
        run: &RunSpec,
        device: &str,
        events: &EventSender<'a>,
    ) -> Option<Checkpoint> {
        let found = match self.store.checkpoint(&run.id) {
            Ok(content) => resumable(&content?, device),
            Err(error) => Err(error.into()),
        };
        let start_again = |reason| {
            let text = format!("{} starts again: {reason:#}", title(run));
            events.send(Event::Warning(text));
        };
        found.map_err(start_again).ok()
    }

    fn postponed(&self) -> MutexGuard<'_, Vec<&'a RunSpec>> {
        self.postponed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a checkpoint, which begins with the device that wrote it.
///
/// Returns an error if that was another device, whose sums are rounded differently: the result would
/// be neither's.
fn resumable(content: &[u8], device: &str) -> anyhow::Result<Checkpoint> {
    let end = content.iter().position(|&byte| byte == b'\n').unwrap_or(content.len());
    let (writer, rest) = content.split_at(end);
    if writer != device.as_bytes() {
        let writer = String::from_utf8_lossy(writer);
        anyhow::bail!("its checkpoint was written on `{writer}`, and this is `{device}`");
    }
    Checkpoint::from_bytes(rest.get(1..).unwrap_or_default()).context("its checkpoint is of no use")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_run_can_continue_from_is_named() {
        let refused =
            |content: &[u8]| format!("{:#}", resumable(content, "cpu (mkl)").unwrap_err());
        let of_another = refused(b"cuda:0\nanything");
        assert_eq!(of_another, "its checkpoint was written on `cuda:0`, and this is `cpu (mkl)`");
        let damaged = refused(b"cpu (mkl)\nanything");
        assert!(damaged.starts_with("its checkpoint is of no use: it is not in"), "{damaged}");
        assert!(refused(b"").contains("written on ``"));
    }
}
