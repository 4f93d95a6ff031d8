//! A model with its parameters, under a method.

use std::rc::Rc;

use swanbench_core::{Forward, GateRecord, Model, Parameters, Pass, Regularizer};
use swanbench_spec::{Mode, Precision};
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
    pub fn forward(
        &mut self,
        images: &Tensor,
        phase: Pass,
    ) -> Result<(Tensor, GateRecord), TorchError> {
        let Self { model, parameters, method, device, precision } = self;
        let mut pass = Forward::new(model.map(), parameters, &mut **method, phase);
        compute(&**model, &mut pass, images, *device, *precision)
            .map(|logits| (logits, pass.into_gate_record()))
    }

    /// The same for an evaluation under other gates than the method's.
    pub fn forward_under(
        &self,
        gates: &mut dyn Regularizer,
        images: &Tensor,
    ) -> Result<(Tensor, GateRecord), TorchError> {
        let phase = Pass::Evaluate(Mode::Hard);
        let mut pass = Forward::new(self.model.map(), &self.parameters, gates, phase);
        compute(&*self.model, &mut pass, images, self.device, self.precision)
            .map(|logits| (logits, pass.into_gate_record()))
    }

    /// A pass for the statistics of normalisations only, in which this batch weighs `weight`.
    pub fn gather_statistics(
        &mut self,
        images: &Tensor,
        phase: Pass,
        weight: f64,
    ) -> Result<(), TorchError> {
        let Self { model, parameters, method, device, precision } = self;
        let mut pass = Forward::new(model.map(), parameters, &mut **method, phase)
            .gathering_statistics(weight);
        compute(&**model, &mut pass, images, *device, *precision).map(drop)
    }
}

/// Logits in 32 bits.
fn compute(
    model: &dyn Model,
    pass: &mut Forward<'_>,
    images: &Tensor,
    device: Device,
    precision: Precision,
) -> Result<Tensor, TorchError> {
    let _bfloat16 = match precision {
        Precision::Bfloat16 => Some(Bfloat16::on(device)?),
        Precision::Float32 | Precision::Tf32 => None,
    };
    Ok(model.forward(images, pass).to_kind(Kind::Float))
}
