//! Messages from workers to the thread that stores and shows results.

use std::sync::mpsc::Sender;

use swanbench_results::{Failure, Lease, Machine};
use swanbench_spec::{Epoch, RunRecord, RunSpec};

/// Something that happened while a run was trained.
pub enum Event<'a> {
    Started(&'a RunSpec),
    Epoch(&'a RunSpec, Epoch),
    /// Another sweep has trained the run.
    TrainedElsewhere(&'a RunSpec),
    Done {
        run: &'a RunSpec,
        record: RunRecord,
        /// The file of the network, if it is kept.
        model: Option<Vec<u8>>,
        /// What computed it.
        machine: Machine,
        /// Held until the result is stored.
        lease: Lease,
    },
    Failed {
        run: &'a RunSpec,
        failure: Failure,
        /// Held until the failure is stored.
        lease: Lease,
    },
    /// The run stopped because the user asked; the next sweep continues from its checkpoint.
    Interrupted(&'a RunSpec),
    /// Something that the user should know and that stops nothing.
    Warning(String),
    /// Leases and checkpoints do not work in this folder: the sweep cannot continue.
    Broken(swanbench_results::Error),
}

/// A worker's end of the channel.
#[derive(Clone)]
pub struct EventSender<'a>(pub Sender<Event<'a>>);

impl<'a> EventSender<'a> {
    /// Sends an event. Nobody receives it only if the sweep has already stopped with an error.
    pub fn send(&self, event: Event<'a>) {
        let _ = self.0.send(event);
    }
}
