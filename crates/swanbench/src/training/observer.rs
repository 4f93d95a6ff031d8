//! Follows one run: passes its epochs on, and decides when it writes a checkpoint or stops.

use std::time::{Duration, Instant};

use swanbench_results::Store;
use swanbench_spec::{Epoch, Keep, RunSpec};
use swanbench_train::{Checkpoint, KeepError, Next, Observer, TrainedModel};

use super::{
    event::{Event, EventSender},
    interrupt,
};

/// The observer of one run of a sweep.
pub struct RunObserver<'a, 'b> {
    pub run: &'a RunSpec,
    /// The device as results keep it; the first line of a checkpoint.
    pub device: &'b str,
    pub store: &'b Store,
    pub events: &'b EventSender<'a>,
    pub checkpoint_every: Duration,
    /// When the last checkpoint was written, or else when the run started.
    pub last_checkpoint: Instant,
    /// The last epoch that has ended; 0 before the first.
    pub epoch: u32,
    pub keep: Keep,
    /// The file of the network, once it is trained and if it is kept.
    pub model: Option<Vec<u8>>,
}

impl Observer for RunObserver<'_, '_> {
    fn epoch(&mut self, epoch: &Epoch) -> Next {
        self.epoch = epoch.epoch;
        self.events.send(Event::Epoch(self.run, epoch.clone()));
        if interrupt::requested() {
            Next::Stop
        } else if self.last_checkpoint.elapsed() >= self.checkpoint_every {
            Next::Checkpoint
        } else {
            Next::Continue
        }
    }

    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), KeepError> {
        let mut content = format!("{}\n", self.device).into_bytes();
        content.extend(checkpoint.to_bytes()?);
        self.store.write_checkpoint(&self.run.id, &content)?;
        self.last_checkpoint = Instant::now();
        Ok(())
    }

    fn trained(&mut self, model: &TrainedModel<'_>) -> Result<(), KeepError> {
        if self.keep == Keep::Models {
            self.model = Some(model.to_bytes(self.run)?);
        }
        Ok(())
    }
}
