//! What a run tells the sweep after every epoch, and when it keeps a checkpoint.

use std::{
    sync::mpsc::Sender,
    time::{Duration, Instant},
};

use swanbench_results::Store;
use swanbench_spec::{Epoch, RunSpec};
use swanbench_train::{Checkpoint, KeepError, Next, Observer};

use crate::sweep::{
    interrupt,
    worker::{Event, send},
};

/// Stands between one run and the sweep.
pub struct Reporter<'a> {
    index: usize,
    run: &'a RunSpec,
    place: &'a str,
    store: &'a Store,
    events: &'a Sender<Event>,
    kept: Instant,
    pub checkpoint_every: Duration,
    /// The last epoch that is over.
    pub epoch: u32,
}

impl<'a> Reporter<'a> {
    pub fn new(
        index: usize,
        run: &'a RunSpec,
        place: &'a str,
        store: &'a Store,
        events: &'a Sender<Event>,
    ) -> Self {
        let (kept, checkpoint_every) = (Instant::now(), Duration::MAX);
        Self { index, run, place, store, events, kept, checkpoint_every, epoch: 0 }
    }
}

impl Observer for Reporter<'_> {
    fn epoch(&mut self, epoch: &Epoch) -> Next {
        self.epoch = epoch.epoch;
        send(self.events, Event::Epoch(self.index, epoch.clone()));
        if interrupt::asked() {
            Next::Stop
        } else if self.kept.elapsed() >= self.checkpoint_every {
            Next::Checkpoint
        } else {
            Next::Continue
        }
    }

    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), KeepError> {
        let mut content = format!("{}\n", self.place).into_bytes();
        content.extend(checkpoint.to_bytes()?);
        self.store.write_checkpoint(&self.run.id, &content)?;
        self.kept = Instant::now();
        Ok(())
    }
}
