//! One forward pass: the operations of a model, in which the method switches units.

#[cfg(test)]
mod tests;
mod values;

use swanbench_spec::Mode;
use swanbench_torch::{BatchNorm, convolution, linear, max_pool_relu};
use tch::Tensor;

use self::values::{BeforeRelu, Values};
use crate::{
    GateRecord, LayerId, LayerKind, ModelMap, NormId, Operation, Parameters, Pool, Regularizer,
    SiteId,
};

/// What PyTorch adds to a variance before it divides by its root.
pub const NORM_EPSILON: f64 = 1e-5;
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

    /// Computes the logits `[examples, classes]` of images `[examples, channels, height, width]`, and
    /// the gates of all sites.
    pub fn run(mut self, images: &Tensor) -> (Tensor, GateRecord) {
        let mut values = Values::of(&self.map.operations, self.norm_momentum.is_some());
        self.compute_until(self.map.operations.len(), &mut values, images);
        (values.last(), self.record)
    }

    /// Computes what [`run`](Self::run) does for this pass and further ones over the same images.
    /// What no gate changes, up to the first site, is computed once.
    pub fn run_with(mut self, further: &[Pass], images: &Tensor) -> Vec<(Tensor, GateRecord)> {
        let operations = &self.map.operations;
        let is_site = |operation: &Operation| matches!(operation, Operation::Site { .. });
        let first_site = operations.iter().position(is_site).unwrap_or(operations.len());
        let mut values = Values::of(operations, self.norm_momentum.is_some());
        self.compute_until(first_site, &mut values, images);
        let passes = [self.pass].into_iter().chain(further.iter().copied());
        let run = |pass| {
            self.pass = pass;
            let mut values = values.share();
            self.compute_until(operations.len(), &mut values, images);
            let record = std::mem::replace(&mut self.record, GateRecord::new(self.map.sites.len()));
            (values.last(), record)
        };
        passes.map(run).collect()
    }

    /// Computes the values that are missing up to the operation at `end`.
    fn compute_until(&mut self, end: usize, values: &mut Values<'_>, images: &Tensor) {
        let map = self.map;
        for (index, &operation) in map.operations[..end].iter().enumerate().skip(values.len()) {
            let is_deferred = values.is_deferred(index);
            let value = (!is_deferred).then(|| self.compute(operation, values, images));
            values.push(value);
        }
    }

    fn compute(
        &mut self,
        operation: Operation,
        values: &mut Values<'_>,
        images: &Tensor,
    ) -> Tensor {
        match operation {
            Operation::Images => images.shallow_clone(),
            Operation::Layer { layer, input } => self.layer(layer, &values.take(input)),
            Operation::Norm { norm, input } => self.norm(norm, &values.take(input)),
            Operation::Relu { input } => match values.deferred_before_relu(input) {
                Some(before) => self.compute_with_relu(before, values),
                None if values.may_overwrite(input) => values.take(input).relu_(),
                None => values.take(input).relu(),
            },
            Operation::MaxPool { pool: Pool { size, stride, padding, ceil }, input } => {
                let input = values.take(input);
                input.max_pool2d([size; 2], [stride; 2], [padding; 2], [1; 2], ceil)
            }
            Operation::Average { bins, input } => {
                values.take(input).adaptive_avg_pool2d([bins, bins])
            }
            Operation::Flatten { input } => values.take(input).flatten(1, -1),
            Operation::Site { site, input, read } => {
                let (output, read) = (values.take(input), values.take(read));
                self.site(site, &read, output)
            }
            Operation::SameSite { site, input } => self.same_site(site, values.take(input)),
            Operation::Add { input, other } if values.may_overwrite(input) => {
                values.take(input).g_add_(&values.take(other))
            }
            Operation::Add { input, other } => values.take(input) + values.take(other),
            Operation::Thin { channels: [before, after], input } => {
                let thinned = values.take(input).slice(2, 0, None, 2).slice(3, 0, None, 2);
                thinned.constant_pad_nd([0, 0, 0, 0, before, after])
            }
        }
    }

    /// Rectifies what is computed before, as one node of the graph.
    fn compute_with_relu(&self, before: BeforeRelu, values: &mut Values<'_>) -> Tensor {
        match before {
            BeforeRelu::MaxPool { size, input } => max_pool_relu(&values.take(input), size),
            BeforeRelu::Norm { norm, input, other } => {
                let other = other.map(|other| values.take(other));
                let norm = self.map.norm(norm);
                let get = |parameter| self.parameters.get(parameter);
                let norm = BatchNorm {
                    scale: get(norm.scale),
                    shift: get(norm.shift),
                    running_mean: get(norm.running_mean),
                    running_variance: get(norm.running_variance),
                    momentum: self.norm_momentum.expect("the batch's statistics"),
                    epsilon: NORM_EPSILON,
                };
                norm.relu(&values.take(input), other.as_ref())
            }
        }
    }

    fn layer(&self, id: LayerId, input: &Tensor) -> Tensor {
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

    /// Normalises by the batch's statistics in training, by the running ones in evaluation.
    fn norm(&self, id: NormId, input: &Tensor) -> Tensor {
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
    fn site(&mut self, id: SiteId, input: &Tensor, output: Tensor) -> Tensor {
        let gated = self.regularizer.gate(self.map.site(id), input, output, self.pass);
        self.record.set(id, gated.gates);
        gated.output
    }

    fn same_site(&self, id: SiteId, output: Tensor) -> Tensor {
        match self.record.gates(id) {
            None => output,
            Some(gates) => gates.apply(&output),
        }
    }
}
