//! The layers of a model, and the sites between them: what the cost model and methods see.

use crate::{Operation, ParameterId, ParameterSpec};

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
    /// Returns the position as a number.
    pub fn index(self) -> usize {
        self.0
    }
}

impl SiteId {
    /// Returns the position as a number.
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
    Convolution {
        /// Height and width of the kernel.
        kernel: i64,
        /// Positions between two applications.
        stride: i64,
        /// Zeros added at each border.
        padding: i64,
    },
}

/// A linear or convolution layer: what costs multiply-accumulates (MACs).
#[derive(Debug, Clone)]
pub struct Layer {
    /// The layer's position.
    pub id: LayerId,
    /// In PyTorch's style, for example `fc1`.
    pub name: String,
    /// The operation.
    pub kind: LayerKind,
    /// Input units: channels, or neurons. After a flattening, still the channels.
    pub inputs: i64,
    /// Output units.
    pub outputs: i64,
    /// Weights between one input unit and one output unit: the kernel's area, or the features of
    /// a flattened channel.
    pub weights_per_pair: i64,
    /// Height and width of the input feature map; of a linear layer, of the map that was flattened
    /// before it, and 1 x 1 after neurons.
    pub input_size: [i64; 2],
    /// Uses of each weight per example: the output's height x width.
    pub positions: i64,
    /// The site of the input units; `None` if they are never switched.
    pub input_site: Option<SiteId>,
    /// The site of the output units; `None` if they are never switched.
    pub output_site: Option<SiteId>,
    /// The weight, in the shape that `kind` says.
    pub weight: ParameterId,
    /// The bias, `[outputs]`.
    pub bias: Option<ParameterId>,
}

impl Layer {
    /// Counts the MACs between one input unit and one output unit, per example.
    pub fn macs_per_pair(&self) -> i64 {
        self.weights_per_pair * self.positions
    }

    /// Counts the weights, without biases.
    pub fn weights(&self) -> i64 {
        self.inputs * self.outputs * self.weights_per_pair
    }

    /// Counts the MACs per example with everything open. Biases do not count.
    pub fn macs(&self) -> u64 {
        (self.weights() * self.positions) as u64
    }

    /// Counts weights and biases.
    pub fn parameters(&self) -> u64 {
        let biases = if self.bias.is_some() { self.outputs } else { 0 };
        (self.weights() + biases) as u64
    }
}

/// A place where units can be switched: one group of units, with its producers and consumers.
#[derive(Debug, Clone)]
pub struct Site {
    /// The site's position.
    pub id: SiteId,
    /// The name of the first producer, or of the block.
    pub name: String,
    /// The number of units.
    pub units: i64,
    /// Whether the units are channels of a feature map rather than neurons.
    pub channels: bool,
    /// The layers whose output is switched here: one, or several joined by a residual sum.
    /// The first decides: a method sees what it read and what it returned.
    pub producers: Vec<LayerId>,
    /// The layers that read it.
    pub consumers: Vec<LayerId>,
}

/// A batch normalisation between a layer and its activation function. Costs no MACs.
#[derive(Debug, Clone)]
pub struct Norm {
    /// The normalisation's position.
    pub id: NormId,
    /// The number of channels.
    pub units: i64,
    /// The site of its units; `None` if they are never switched.
    pub site: Option<SiteId>,
    /// The trained scales, `[units]`.
    pub scale: ParameterId,
    /// The trained shifts, `[units]`.
    pub shift: ParameterId,
    /// Means over training batches, `[units]`.
    pub running_mean: ParameterId,
    /// Variances over training batches, `[units]`.
    pub running_variance: ParameterId,
}

/// An architecture for one input shape and number of classes: pure structure, without parameters. It
/// knows no method.
#[derive(Debug, Clone)]
pub struct ModelMap {
    /// Channels, height, width.
    pub input: [i64; 3],
    /// Outputs of the last layer.
    pub classes: i64,
    /// In the order of computation.
    pub layers: Vec<Layer>,
    /// In the order of computation.
    pub sites: Vec<Site>,
    /// In the order of computation.
    pub norms: Vec<Norm>,
    /// Of all layers and normalisations.
    pub parameters: Vec<ParameterSpec>,
    /// In the order of computation: from the images to the logits.
    pub operations: Vec<Operation>,
}

impl ModelMap {
    /// Returns one layer.
    pub fn layer(&self, id: LayerId) -> &Layer {
        &self.layers[id.0]
    }

    /// Returns the layer at which the gates of a site are decided.
    pub fn deciding_layer(&self, site: &Site) -> &Layer {
        self.layer(site.producers[0])
    }

    /// Returns one normalisation.
    pub fn norm(&self, id: NormId) -> &Norm {
        &self.norms[id.0]
    }

    /// Returns one site.
    pub fn site(&self, id: SiteId) -> &Site {
        &self.sites[id.0]
    }

    /// Counts the MACs per example with everything open.
    pub fn macs(&self) -> u64 {
        self.layers.iter().map(Layer::macs).sum()
    }

    /// Counts the floating-point operations per example with everything open: two per MAC.
    pub fn flops(&self) -> u64 {
        2 * self.macs()
    }

    /// Counts trainable parameters.
    pub fn parameter_count(&self) -> u64 {
        let trained = self.parameters.iter().filter(|spec| spec.trained);
        trained.map(ParameterSpec::count).sum()
    }

    /// Counts the units of all sites.
    pub fn units(&self) -> i64 {
        self.sites.iter().map(|site| site.units).sum()
    }
}
