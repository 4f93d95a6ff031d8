//! One training step: forward, loss and penalty, backward, update.

use swanbench_core::{Pass, TrainProgress};
use swanbench_torch::TorchError;
use tch::{Device, Kind, Tensor};

use crate::{
    gated_model::{GatedModel, PassOutput},
    optimizers::Optimizers,
};

/// The sums of an epoch, on the device.
pub struct Sums {
    /// Task loss times examples.
    pub loss: Tensor,
    /// Penalty per step.
    pub penalty: Tensor,
}

impl Sums {
    /// Starts an epoch.
    pub fn zero(device: Device) -> Self {
        let zero = || Tensor::zeros([], (Kind::Float, device));
        Self { loss: zero(), penalty: zero() }
    }
}

impl GatedModel {
    /// Takes one step on one batch of images and labels.
    pub fn step(
        &mut self,
        images: &Tensor,
        labels: &Tensor,
        progress: TrainProgress,
        optimizers: &mut Optimizers,
        learning_rate: f64,
        sums: &mut Sums,
    ) -> Result<(), TorchError> {
        let PassOutput { logits, record } = self.forward(images, Pass::Train)?;
        let mut loss = logits.cross_entropy_for_logits(labels);
        sums.loss += loss.detach() * labels.size()[0] as f64;
        if let Some(penalty) = self.method.penalty(&record, progress) {
            sums.penalty += penalty.detach();
            loss += penalty;
        }

        optimizers.drop_gradients()?;
        loss.backward();

        let _no_graph = tch::no_grad_guard();
        for restarted in self.method.after_backward(&self.parameters, progress)? {
            optimizers.forget(&restarted.parameter, &restarted.kept);
        }
        optimizers.step(learning_rate)?;
        self.method.after_step(&self.parameters, progress)
    }
}
