//! One forward pass: the model computes through it, the method switches units in it.

use swanbench_spec::Mode;
use swanbench_torch::{convolution, linear};
use tch::Tensor;

use crate::{GateRecord, LayerId, LayerKind, ModelMap, NormId, Parameters, Regularizer, SiteId};

/// What PyTorch adds to a variance before it divides by its root.
const NORM_EPSILON: f64 = 1e-5;
/// Weight of a batch's statistics in the running ones, in training: PyTorch's default.
const NORM_MOMENTUM: f64 = 0.1;

/// The purpose of a forward pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pass {
    /// A training step: dropout drops, gates pass gradients.
    Train,
    /// A measurement.
    Evaluate {
        /// Which gates multiply the outputs.
        mode: Mode,
        /// The probability above which a gate is open; `None` for the method's own threshold.
        threshold: Option<f64>,
    },
}

impl Pass {
    /// Creates a measurement with the method's own threshold.
    pub fn evaluate(mode: Mode) -> Self {
        Self::Evaluate { mode, threshold: None }
    }
}

/// Rectifies `output` in place: neither layers nor normalisations nor poolings need their output
/// for their gradients.
pub fn relu(mut output: Tensor) -> Tensor {
    output.relu_()
}

/// The model's parameters and the method during one pass.
pub struct Forward<'a> {
    map: &'a ModelMap,
    parameters: &'a Parameters,
    regularizer: &'a mut dyn Regularizer,
    pass: Pass,
    /// Weight of this batch in the running statistics, if they are updated.
    norm_momentum: Option<f64>,
    record: GateRecord,
}

impl<'a> Forward<'a> {
    /// Starts a pass through the model of `map`.
    pub fn new(
        map: &'a ModelMap,
        parameters: &'a Parameters,
        regularizer: &'a mut dyn Regularizer,
        pass: Pass,
    ) -> Self {
        let norm_momentum = (pass == Pass::Train).then_some(NORM_MOMENTUM);
        let record = GateRecord::new(map.sites.len());
        Self { map, parameters, regularizer, pass, norm_momentum, record }
    }

    /// Makes normalisations use the statistics of the batch and update the running ones, in which
    /// the batch weighs `momentum`, whatever the pass is for.
    pub fn gathering_statistics(mut self, momentum: f64) -> Self {
        self.norm_momentum = Some(momentum);
        self
    }

    /// Applies a layer: `[examples, features]` to `[examples, outputs]`, or `[examples, channels,
    /// height, width]` to the same with other sizes.
    pub fn layer(&self, id: LayerId, input: &Tensor) -> Tensor {
        let layer = self.map.layer(id);
        let weight = self.parameters.get(layer.weight);
        let bias = layer.bias.map(|bias| self.parameters.get(bias));
        match layer.kind {
            LayerKind::Linear => linear(input, weight, bias),
            LayerKind::Convolution { stride, padding, .. } => {
                convolution(input, weight, bias, stride, padding)
            }
        }
    }

    /// Normalises every channel over examples and positions (Ioffe and Szegedy 2015): by the
    /// batch's statistics in training, by the running ones in evaluation.
    pub fn norm(&self, id: NormId, input: &Tensor) -> Tensor {
        let norm = self.map.norm(id);
        let get = |parameter| Some(self.parameters.get(parameter));
        input.batch_norm(
            get(norm.scale),
            get(norm.shift),
            get(norm.running_mean),
            get(norm.running_variance),
            self.norm_momentum.is_some(),
            self.norm_momentum.unwrap_or(NORM_MOMENTUM),
            NORM_EPSILON,
            true,
        )
    }

    /// Lets the method switch the units of a site. `input` is what its producer read and `output`
    /// what it returned, after the activation function.
    pub fn site(&mut self, id: SiteId, input: &Tensor, output: Tensor) -> Tensor {
        let gated = self.regularizer.gate(self.map.site(id), input, output, self.pass);
        self.record.set(id, gated.gates);
        gated.output
    }

    /// Switches further units by the gates that this pass already has for a site: the next block
    /// of a residual stream.
    pub fn same_site(&self, id: SiteId, output: Tensor) -> Tensor {
        match self.record.gates(id) {
            None => output,
            Some(gates) => gates.apply(&output),
        }
    }

    /// Returns the gates of all sites.
    pub fn into_gate_record(self) -> GateRecord {
        self.record
    }
}
