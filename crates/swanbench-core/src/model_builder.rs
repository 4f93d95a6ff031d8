//! The description of a model, layer by layer, before any tensor exists.
//!
//! A [`Signal`] is what flows between layers. The builder notes on it which site switches its
//! units, so that the cost model knows every layer's sites without the model counting anything.

use crate::{
    Initial, Layer, LayerId, LayerKind, ModelMap, Norm, NormId, ParameterId, ParameterSpec, Site,
    SiteId, Width,
};

/// The values between two layers: the shape of one example, and the site of its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// Channels, or neurons.
    pub units: i64,
    /// Positions from top to bottom; 1 for neurons.
    pub height: i64,
    /// Positions from left to right; 1 for neurons.
    pub width: i64,
    flattened: bool,
    producer: Option<LayerId>,
    norm: Option<NormId>,
    site: Option<SiteId>,
}

/// A square convolution: `Convolution { stride: 2, ..Convolution::of(64, 3) }`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convolution {
    /// Output channels.
    pub outputs: i64,
    /// Height and width of the kernel.
    pub kernel: i64,
    /// Positions between two applications.
    pub stride: i64,
    /// Zeros added at each border.
    pub padding: i64,
    /// Whether there is a bias.
    pub bias: bool,
    /// The weights' initial values; `None` for PyTorch's default, also of the biases.
    pub initial: Option<Initial>,
}

impl Convolution {
    /// Creates a convolution with stride 1, no padding, a bias, and PyTorch's default values.
    pub fn of(outputs: i64, kernel: i64) -> Self {
        Self { outputs, kernel, stride: 1, padding: 0, bias: true, initial: None }
    }

    /// Starts with normal weights of variance 2 / fan-out and biases of zero, as torchvision's
    /// VGG and ResNet (He et al. 2015, arXiv 1502.01852).
    pub fn he(self) -> Self {
        let fan_out = (self.kernel * self.kernel * self.outputs) as f64;
        Self { initial: Some(Initial::Normal((2.0 / fan_out).sqrt())), ..self }
    }
}

/// A pooling over squares. Positions beyond the border do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Height and width of a square.
    pub size: i64,
    /// Positions between two squares.
    pub stride: i64,
    /// Positions added at each border.
    pub padding: i64,
    /// Whether squares that lie partly over the border are kept.
    pub ceil: bool,
}

impl Pool {
    /// Creates a pooling over adjacent squares; those over the border are dropped.
    pub fn of(size: i64) -> Self {
        Self { size, stride: size, padding: 0, ceil: false }
    }
}

/// A model that does not fit its input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelBuildError {
    /// The input is smaller than a kernel.
    #[error(
        "layer `{layer}` needs an input of at least {needed}x{needed}, and {height}x{width} arrive"
    )]
    TooSmall {
        /// The layer's name.
        layer: String,
        /// Height and width that it needs.
        needed: i64,
        /// The input's height.
        height: i64,
        /// The input's width.
        width: i64,
    },
}

/// A model that is being described.
#[derive(Debug)]
pub struct ModelBuilder {
    width: Width,
    map: ModelMap,
}

impl ModelBuilder {
    /// Starts a model for images of `input` channels, height and width, and this many classes;
    /// `width` scales all hidden units.
    pub fn new(input: [i64; 3], classes: i64, width: impl Into<Width>) -> Self {
        let map = ModelMap {
            input,
            classes,
            layers: Vec::new(),
            sites: Vec::new(),
            norms: Vec::new(),
            parameters: Vec::new(),
        };
        Self { width: width.into(), map }
    }

    /// Scales `full` hidden units by the builder's width: rounded, and at least one.
    pub fn scaled(&self, full: i64) -> i64 {
        self.width.scaled(full)
    }

    /// Returns the number of classes: the outputs of the last layer.
    pub fn classes(&self) -> i64 {
        self.map.classes
    }

    /// Returns the images.
    pub fn input(&self) -> Signal {
        let [units, height, width] = self.map.input;
        let (producer, norm, site) = (None, None, None);
        Signal { units, height, width, flattened: false, producer, norm, site }
    }

    /// Joins channels and positions to one row of features. Its units are still the channels.
    pub fn flatten(&self, signal: Signal) -> Signal {
        Signal { flattened: true, ..signal }
    }

    /// Adds a linear layer with bias and PyTorch's default initial values.
    pub fn linear(&mut self, name: &str, signal: Signal, outputs: i64) -> (LayerId, Signal) {
        self.linear_from(name, signal, outputs, None)
    }

    /// Adds a linear layer whose weights start from `initial` and whose biases start at zero;
    /// `None` for PyTorch's defaults.
    pub fn linear_from(
        &mut self,
        name: &str,
        signal: Signal,
        outputs: i64,
        initial: Option<Initial>,
    ) -> (LayerId, Signal) {
        let features = signal.height * signal.width;
        let id = self.next_layer();
        let shape = vec![outputs, signal.units * features];
        let (weight, bias) = self.weights(name, shape, true, initial);
        self.layer(Layer {
            id,
            name: name.to_owned(),
            kind: LayerKind::Linear,
            inputs: signal.units,
            outputs,
            weights_per_pair: features,
            input_size: [signal.height, signal.width],
            positions: 1,
            input_site: signal.site,
            output_site: None,
            weight,
            bias,
        });
        let one = Signal { units: outputs, height: 1, width: 1, flattened: true, ..signal };
        (id, Signal { producer: Some(id), norm: None, site: None, ..one })
    }

    /// Adds a convolution over all input channels.
    ///
    /// Returns an error if the input with its padding is smaller than the kernel.
    pub fn convolution(
        &mut self,
        name: &str,
        signal: Signal,
        convolution: Convolution,
    ) -> Result<(LayerId, Signal), ModelBuildError> {
        let Convolution { outputs, kernel, stride, padding, bias, initial } = convolution;
        fits(name, kernel - 2 * padding, signal)?;
        let after = |size: i64| (size + 2 * padding - kernel) / stride + 1;
        let (height, width) = (after(signal.height), after(signal.width));
        let id = self.next_layer();
        let shape = vec![outputs, signal.units, kernel, kernel];
        let (weight, bias) = self.weights(name, shape, bias, initial);
        self.layer(Layer {
            id,
            name: name.to_owned(),
            kind: LayerKind::Convolution { kernel, stride, padding },
            inputs: signal.units,
            outputs,
            weights_per_pair: kernel * kernel,
            input_size: [signal.height, signal.width],
            positions: height * width,
            input_site: signal.site,
            output_site: None,
            weight,
            bias,
        });
        let map = Signal { units: outputs, height, width, flattened: false, ..signal };
        Ok((id, Signal { producer: Some(id), norm: None, site: None, ..map }))
    }

    /// Adds a batch normalisation of a layer's output.
    pub fn norm(&mut self, name: &str, signal: Signal) -> (NormId, Signal) {
        let id = NormId(self.map.norms.len());
        let units = signal.units;
        let mut parameter = |suffix: &str, value: f64, trained: bool| {
            self.parameter(
                format!("{name}.{suffix}"),
                vec![units],
                Initial::Constant(value),
                trained,
            )
        };
        let norm = Norm {
            id,
            units,
            site: None,
            scale: parameter("weight", 1.0, true),
            shift: parameter("bias", 0.0, true),
            running_mean: parameter("running_mean", 0.0, false),
            running_variance: parameter("running_var", 1.0, false),
        };
        self.map.norms.push(norm);
        (id, Signal { norm: Some(id), ..signal })
    }

    /// Pools. Costs no MACs.
    ///
    /// Returns an error if the input with its padding is smaller than the square.
    pub fn pool(&self, name: &str, signal: Signal, pool: Pool) -> Result<Signal, ModelBuildError> {
        let Pool { size, stride, padding, ceil } = pool;
        fits(name, if ceil { 1 } else { size - 2 * padding }, signal)?;
        let after = |length: i64| {
            let room = length + 2 * padding - size;
            if ceil { (room.max(0) + stride - 1) / stride + 1 } else { room / stride + 1 }
        };
        Ok(Signal { height: after(signal.height), width: after(signal.width), ..signal })
    }

    /// Averages over positions, in `bins` x `bins` bins.
    pub fn average(&self, signal: Signal, bins: i64) -> Signal {
        Signal { height: bins, width: bins, ..signal }
    }

    /// Makes the units of `signal` switchable. Call it after the layer that produces them, and its
    /// normalisation; layers that read the returned signal are the site's consumers.
    pub fn site(&mut self, name: &str, signal: Signal) -> (SiteId, Signal) {
        let id = SiteId(self.map.sites.len());
        self.map.sites.push(Site {
            id,
            name: name.to_owned(),
            units: signal.units,
            channels: !signal.flattened,
            producers: Vec::new(),
            consumers: Vec::new(),
        });
        (id, self.join_site(id, signal))
    }

    /// Adds the units of `signal` to an existing site, whose units a residual sum joins with them.
    /// The gates are decided at the first producer.
    pub fn join_site(&mut self, site: SiteId, signal: Signal) -> Signal {
        let producer = signal.producer.expect("a site follows a layer");
        self.map.layers[producer.0].output_site = Some(site);
        self.map.sites[site.0].producers.push(producer);
        if let Some(norm) = signal.norm {
            self.map.norms[norm.0].site = Some(site);
        }
        Signal { site: Some(site), ..signal }
    }

    /// Returns the finished map.
    pub fn finish(self) -> ModelMap {
        self.map
    }

    fn next_layer(&self) -> LayerId {
        LayerId(self.map.layers.len())
    }

    fn layer(&mut self, layer: Layer) {
        if let Some(site) = layer.input_site {
            self.map.sites[site.0].consumers.push(layer.id);
        }
        self.map.layers.push(layer);
    }

    fn weights(
        &mut self,
        name: &str,
        shape: Vec<i64>,
        bias: bool,
        initial: Option<Initial>,
    ) -> (ParameterId, Option<ParameterId>) {
        let outputs = vec![shape[0]];
        let fan_in = Initial::FanIn(shape[1..].iter().product());
        let weight =
            self.parameter(format!("{name}.weight"), shape, initial.unwrap_or(fan_in), true);
        let start = initial.map_or(fan_in, |_| Initial::Constant(0.0));
        let bias = bias.then(|| self.parameter(format!("{name}.bias"), outputs, start, true));
        (weight, bias)
    }

    fn parameter(
        &mut self,
        name: String,
        shape: Vec<i64>,
        initial: Initial,
        trained: bool,
    ) -> ParameterId {
        let id = ParameterId(self.map.parameters.len());
        self.map.parameters.push(ParameterSpec { name, shape, initial, trained });
        id
    }
}

fn fits(name: &str, needed: i64, signal: Signal) -> Result<(), ModelBuildError> {
    let Signal { height, width, .. } = signal;
    if height >= needed && width >= needed {
        return Ok(());
    }
    Err(ModelBuildError::TooSmall { layer: name.to_owned(), needed, height, width })
}
