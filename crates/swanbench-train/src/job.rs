//! What the training loop is given, and whom it tells.

use swanbench_core::{Model, ModelMap, Regularizer, Weights};
use swanbench_data::Dataset;
use swanbench_spec::{Epoch, RunSpec};
use tch::Device;

/// One run with everything it needs, on one device.
pub struct Job<'a> {
    pub run: &'a RunSpec,
    pub data: Dataset,
    pub model: Box<dyn Model>,
    /// The dense model at full width, to which shares refer.
    pub reference: &'a ModelMap,
    /// To start from; the run's own draw where there are none.
    pub weights: Option<Weights>,
    pub method: Box<dyn Regularizer>,
    pub device: Device,
}

/// Is told how a run goes on.
pub trait Observer {
    /// An epoch is over.
    fn epoch(&mut self, epoch: &Epoch);
}
