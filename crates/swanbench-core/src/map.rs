//! A model as the cost model and the methods see it: layers, and the sites between them.

use crate::{ParameterId, ParameterSpec};

/// Position of a layer in [`ModelMap::layers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerId(pub(crate) usize);

/// Position of a site in [`ModelMap::sites`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId(pub(crate) usize);

/// Position of a normalisation in [`ModelMap::norms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NormId(pub(crate) usize);

impl LayerId {
    /// The position as a number.
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }
}

impl SiteId {
    /// The position as a number.
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }
}

/// The operation of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerKind {
    /// Weight `[outputs, inputs x features per input unit]`.
    Linear,
    /// Weight `[outputs, inputs, kernel, kernel]`.
    Convolution { kernel: i64, stride: i64, padding: i64 },
}

/// A linear or convolution layer: what costs multiply-accumulates (MACs).
#[derive(Debug, Clone)]
pub struct Layer {
    pub id: LayerId,
    pub name: String,
    pub kind: LayerKind,
    /// Units that come in: channels, or neurons. After a flattening, still the channels.
    pub inputs: i64,
    /// Units that go out.
    pub outputs: i64,
    /// Weights between one input unit and one output unit: the kernel's area, or the features that
    /// a flattened channel has.
    pub weights_per_pair: i64,
    /// Height x width of the feature map that comes in; 1 for a linear layer.
    pub input_positions: i64,
    /// How often each weight is used for one example: the output's height x width.
    pub positions: i64,
    /// Where the input units are switched, if they are.
    pub input_site: Option<SiteId>,
    /// Where the output units are switched, if they are.
    pub output_site: Option<SiteId>,
    pub weight: ParameterId,
    pub bias: Option<ParameterId>,
}

impl Layer {
    /// Numbers that describe one example's input when positions are averaged: channels, or the
    /// features of a linear layer.
    #[must_use]
    pub fn pooled_inputs(&self) -> i64 {
        match self.kind {
            LayerKind::Linear => self.inputs * self.weights_per_pair,
            LayerKind::Convolution { .. } => self.inputs,
        }
    }

    /// MACs between one input unit and one output unit, for one example.
    #[must_use]
    pub fn macs_per_pair(&self) -> i64 {
        self.weights_per_pair * self.positions
    }

    /// MACs for one example with everything open. Biases are not counted.
    #[must_use]
    pub fn macs(&self) -> u64 {
        (self.inputs * self.outputs * self.macs_per_pair()) as u64
    }

    /// Weights and biases.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        let biases = if self.bias.is_some() { self.outputs } else { 0 };
        (self.inputs * self.outputs * self.weights_per_pair + biases) as u64
    }
}

/// A place where units can be switched: one group of units, with the layers that produce and
/// consume it.
#[derive(Debug, Clone)]
pub struct Site {
    pub id: SiteId,
    pub name: String,
    pub units: i64,
    /// Whether the units are channels of a feature map rather than neurons.
    pub channels: bool,
    /// The layers whose output is switched here: one, or several that a residual sum joins.
    pub producers: Vec<LayerId>,
    /// The layers that read it.
    pub consumers: Vec<LayerId>,
}

/// A batch normalisation between a layer and its activation function. Costs no MACs.
#[derive(Debug, Clone)]
pub struct Norm {
    pub id: NormId,
    pub units: i64,
    /// Where its units are switched, if they are.
    pub site: Option<SiteId>,
    pub scale: ParameterId,
    pub shift: ParameterId,
    pub running_mean: ParameterId,
    pub running_variance: ParameterId,
}

/// All layers, sites and parameters of a model, for one input shape and number of classes.
#[derive(Debug, Clone)]
pub struct ModelMap {
    /// Channels, height, width.
    pub input: [i64; 3],
    pub classes: i64,
    /// In the order of computation.
    pub layers: Vec<Layer>,
    /// In the order of computation.
    pub sites: Vec<Site>,
    /// In the order of computation.
    pub norms: Vec<Norm>,
    pub parameters: Vec<ParameterSpec>,
}

impl ModelMap {
    #[must_use]
    pub fn layer(&self, id: LayerId) -> &Layer {
        &self.layers[id.0]
    }

    #[must_use]
    pub fn norm(&self, id: NormId) -> &Norm {
        &self.norms[id.0]
    }

    #[must_use]
    pub fn site(&self, id: SiteId) -> &Site {
        &self.sites[id.0]
    }

    /// MACs for one example with everything open.
    #[must_use]
    pub fn macs(&self) -> u64 {
        self.layers.iter().map(Layer::macs).sum()
    }

    /// Floating-point operations for one example with everything open: two for each MAC.
    #[must_use]
    pub fn flops(&self) -> u64 {
        2 * self.macs()
    }

    /// Trainable parameters.
    #[must_use]
    pub fn parameter_count(&self) -> u64 {
        let trained = self.parameters.iter().filter(|spec| spec.trained);
        trained.map(ParameterSpec::count).sum()
    }

    /// The share of units that is left where every site has one: a smaller one would cut the
    /// network in two.
    #[must_use]
    pub fn min_density(&self) -> f64 {
        self.sites.len() as f64 / self.units().max(1) as f64
    }

    /// Units over all sites.
    #[must_use]
    pub fn units(&self) -> i64 {
        self.sites.iter().map(|site| site.units).sum()
    }
}
