//! One step: forward, loss and penalty, backward, update.

use swanbench_core::{Pass, TrainProgress};
use swanbench_torch::TorchError;
use tch::{Device, Kind, Tensor};

use crate::{network::Network, optimizers::Optimizers};

/// What an epoch adds up, on the device.
pub struct Sums {
    pub loss: Tensor,
    pub penalty: Tensor,
}

impl Sums {
    pub fn zero(device: Device) -> Self {
        let zero = || Tensor::zeros([], (Kind::Float, device));
        Self { loss: zero(), penalty: zero() }
    }
}

impl Network {
    /// One step on one batch of images and labels.
    pub fn step(
        &mut self,
        (images, labels): (&Tensor, &Tensor),
        progress: TrainProgress,
        optimizers: &mut Optimizers,
        learning_rate: f64,
        sums: &mut Sums,
    ) -> Result<(), TorchError> {
        let (logits, record_) = self.forward(images, Pass::Train)?;
        let mut loss = logits.cross_entropy_for_logits(labels);
        sums.loss += loss.detach() * labels.size()[0] as f64;
        if let Some(penalty) = self.method.penalty(&record_, progress) {
            sums.penalty += penalty.detach();
            loss += penalty;
        }

        optimizers.drop_gradients()?;
        loss.backward();

        let _no_graph = tch::no_grad_guard();
        self.method.after_backward(&self.parameters, progress)?;
        optimizers.step(learning_rate)?;
        self.method.after_step(&self.parameters, progress)
    }
}
