//! A model with its parameters, under a method.

use std::rc::Rc;

use swanbench_core::{Forward, Model, Parameters, Phase, Regularizer, Tape};
use swanbench_spec::Precision;
use swanbench_torch::{Bfloat16, TorchError};
use tch::{Device, Kind, Tensor};

/// All that a forward pass needs.
pub struct Network {
    /// Counted, so that what reads the model's map need not hold the whole network.
    pub model: Rc<dyn Model>,
    pub parameters: Parameters,
    pub method: Box<dyn Regularizer>,
    pub device: Device,
    pub precision: Precision,
}

impl Network {
    /// Logits in 32 bits, and what happened at the sites.
    pub fn forward(&mut self, images: &Tensor, phase: Phase) -> Result<(Tensor, Tape), TorchError> {
        self.pass(images, phase, None)
    }

    /// A pass for the statistics of normalisations only, in which this batch weighs `weight`.
    pub fn gather_statistics(
        &mut self,
        images: &Tensor,
        phase: Phase,
        weight: f64,
    ) -> Result<(), TorchError> {
        self.pass(images, phase, Some(weight)).map(drop)
    }

    fn pass(
        &mut self,
        images: &Tensor,
        phase: Phase,
        gathering: Option<f64>,
    ) -> Result<(Tensor, Tape), TorchError> {
        let _bfloat16 = match self.precision {
            Precision::Bfloat16 => Some(Bfloat16::on(self.device)?),
            Precision::Float32 | Precision::Tf32 => None,
        };
        let mut pass = Forward::new(self.model.map(), &self.parameters, &mut *self.method, phase);
        if let Some(weight) = gathering {
            pass = pass.gathering_statistics(weight);
        }
        let logits = self.model.forward(images, &mut pass);
        Ok((logits.to_kind(Kind::Float), pass.into_tape()))
    }
}
