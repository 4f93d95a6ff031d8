//! One forward pass: the model computes through it, the method switches units in it.

use swanbench_spec::Mode;
use tch::Tensor;

use crate::{LayerId, LayerKind, ModelMap, Parameters, Regularizer, SiteId, Tape};

/// What a forward pass is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A step: dropout drops, gates pass gradients.
    Train,
    /// A measurement, with hard or with soft gates.
    Evaluate(Mode),
}

/// Gives a model its parameters and leads every site to the method.
pub struct Forward<'a> {
    map: &'a ModelMap,
    parameters: &'a Parameters,
    regularizer: &'a mut dyn Regularizer,
    phase: Phase,
    tape: Tape,
}

impl<'a> Forward<'a> {
    /// A pass through the model that `map` describes.
    pub fn new(
        map: &'a ModelMap,
        parameters: &'a Parameters,
        regularizer: &'a mut dyn Regularizer,
        phase: Phase,
    ) -> Self {
        Self { map, parameters, regularizer, phase, tape: Tape::new(map.sites.len()) }
    }

    /// Applies a layer: `[examples, features]` to `[examples, outputs]`, or `[examples, channels,
    /// height, width]` to the same with other sizes.
    pub fn layer(&self, id: LayerId, input: &Tensor) -> Tensor {
        let layer = self.map.layer(id);
        let weight = self.parameters.get(layer.weight);
        let bias = layer.bias.map(|bias| self.parameters.get(bias));
        match layer.kind {
            LayerKind::Linear => input.linear(weight, bias),
            LayerKind::Convolution { stride, padding, .. } => {
                input.conv2d(weight, bias, [stride; 2], [padding; 2], [1, 1], 1)
            }
        }
    }

    /// Lets the method switch the units of a site. `input` is what its producer read and `output`
    /// what it gave, after the activation function.
    pub fn site(&mut self, id: SiteId, input: &Tensor, output: Tensor) -> Tensor {
        let gated = self.regularizer.gate(self.map.site(id), input, output, self.phase);
        self.tape.record(id, gated.gates);
        gated.output
    }

    /// What happened at the sites.
    #[must_use]
    pub fn into_tape(self) -> Tape {
        self.tape
    }
}
