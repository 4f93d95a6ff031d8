//! One forward pass: the model computes through it, the method switches units in it.

use swanbench_spec::Mode;
use swanbench_torch::linear;
use tch::Tensor;

use crate::{GateRecord, LayerId, LayerKind, ModelMap, NormId, Parameters, Regularizer, SiteId};

/// What PyTorch adds to a variance before it divides by its root.
const NORM_EPSILON: f64 = 1e-5;
/// Weight of a batch's statistics in the running ones, in training: PyTorch's default.
const NORM_MOMENTUM: f64 = 0.1;

/// What a forward pass is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// A step: dropout drops, gates pass gradients.
    Train,
    /// A measurement, with hard or with soft gates.
    Evaluate(Mode),
}

/// The rectified `output`, in the memory that it has: neither layers nor normalisations nor poolings
/// need what they gave in order to find their gradients.
pub fn relu(mut output: Tensor) -> Tensor {
    output.relu_()
}

/// Gives a model its parameters and leads every site to the method.
pub struct Forward<'a> {
    map: &'a ModelMap,
    parameters: &'a Parameters,
    regularizer: &'a mut dyn Regularizer,
    pass: Pass,
    /// Weight of this batch in the running statistics, where they are being gathered.
    norm_momentum: Option<f64>,
    record: GateRecord,
}

impl<'a> Forward<'a> {
    /// A pass through the model that `map` describes.
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

    /// Lets normalisations use and gather the statistics of the batch, which weighs `momentum` in
    /// the running ones, whatever the phase.
    #[must_use]
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
                input.conv2d(weight, bias, [stride; 2], [padding; 2], [1, 1], 1)
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
    /// what it gave, after the activation function.
    pub fn site(&mut self, id: SiteId, input: &Tensor, output: Tensor) -> Tensor {
        let gated = self.regularizer.gate(self.map.site(id), input, output, self.pass);
        self.record.record(id, gated.gates);
        gated.output
    }

    /// Switches further units that share the gates of a site which this pass has been through: the
    /// next block of a residual stream.
    pub fn same_site(&self, id: SiteId, output: Tensor) -> Tensor {
        match self.record.gates(id) {
            None => output,
            Some(gates) => gates.apply(&output),
        }
    }

    /// What happened at the sites.
    #[must_use]
    pub fn into_gate_record(self) -> GateRecord {
        self.record
    }
}
