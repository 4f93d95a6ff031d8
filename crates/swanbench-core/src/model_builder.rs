//! The description of a model, operation by operation, before any tensor exists.
//!
//! A [`Signal`] is a value of the computation. The builder notes on it which site switches its
//! units, so that the cost model knows every layer's sites without the model counting anything.

use crate::{
    Convolution, Initial, Layer, LayerId, LayerKind, ModelBuildError, ModelMap, Norm, NormId,
    Operation, ParameterId, ParameterSpec, Pool, Site, SiteId, ValueId, Width,
};

/// A value: the shape of one example, and the site of its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// Channels, or neurons.
    pub units: i64,
    /// Positions from top to bottom; 1 for neurons.
    pub height: i64,
    /// Positions from left to right; 1 for neurons.
    pub width: i64,
    value: ValueId,
    flattened: bool,
    producer: Option<LayerId>,
    norm: Option<NormId>,
    site: Option<SiteId>,
}

impl Signal {
    /// Returns the site that switches its units; `None` if they are never switched.
    pub fn site(&self) -> Option<SiteId> {
        self.site
    }
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
            operations: vec![Operation::Images],
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
        let (value, flattened) = (ValueId(0), false);
        let (producer, norm, site) = (None, None, None);
        Signal { units, height, width, value, flattened, producer, norm, site }
    }

    /// Joins channels and positions to one row of features. Its units are still the channels.
    pub fn flatten(&mut self, signal: Signal) -> Signal {
        let value = self.operation(Operation::Flatten { input: signal.value });
        Signal { value, flattened: true, ..signal }
    }

    /// Adds a linear layer with bias and PyTorch's default initial values.
    pub fn linear(&mut self, name: &str, signal: Signal, outputs: i64) -> Signal {
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
    ) -> Signal {
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
        let value = self.operation(Operation::Layer { layer: id, input: signal.value });
        let (producer, norm, site, flattened) = (Some(id), None, None, true);
        Signal { units: outputs, height: 1, width: 1, value, flattened, producer, norm, site }
    }

    /// Adds a convolution over all input channels.
    ///
    /// Returns an error if the input with its padding is smaller than the kernel.
    pub fn convolution(
        &mut self,
        name: &str,
        signal: Signal,
        convolution: Convolution,
    ) -> Result<Signal, ModelBuildError> {
        let Convolution { outputs, kernel, stride, padding, bias, initial } = convolution;
        let [height, width] = convolution.after(name, [signal.height, signal.width])?;
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
        let value = self.operation(Operation::Layer { layer: id, input: signal.value });
        let (producer, norm, site, flattened) = (Some(id), None, None, false);
        Ok(Signal { units: outputs, height, width, value, flattened, producer, norm, site })
    }

    /// Adds a batch normalisation of a layer's output.
    pub fn norm(&mut self, name: &str, signal: Signal) -> Signal {
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
        let value = self.operation(Operation::Norm { norm: id, input: signal.value });
        Signal { value, norm: Some(id), ..signal }
    }

    /// Rectifies.
    pub fn relu(&mut self, signal: Signal) -> Signal {
        let value = self.operation(Operation::Relu { input: signal.value });
        Signal { value, ..signal }
    }

    /// Takes the maximum of each square. Costs no MACs.
    ///
    /// Returns an error if the input with its padding is smaller than the square.
    pub fn max_pool(
        &mut self,
        name: &str,
        signal: Signal,
        pool: Pool,
    ) -> Result<Signal, ModelBuildError> {
        let [height, width] = pool.after(name, [signal.height, signal.width])?;
        let value = self.operation(Operation::MaxPool { pool, input: signal.value });
        Ok(Signal { height, width, value, ..signal })
    }

    /// Averages over positions, in `bins` x `bins` bins.
    pub fn average(&mut self, signal: Signal, bins: i64) -> Signal {
        let value = self.operation(Operation::Average { bins, input: signal.value });
        Signal { height: bins, width: bins, value, ..signal }
    }

    /// Adds two signals of the same shape. What switches the units of the sum is not yet known.
    pub fn add(&mut self, signal: Signal, other: Signal) -> Signal {
        let value = self.operation(Operation::Add { input: signal.value, other: other.value });
        Signal { value, site: None, ..signal }
    }

    /// Takes every second position, and adds channels of zeros before and after the others. Costs
    /// no MACs.
    pub fn thin(&mut self, signal: Signal, channels: [i64; 2]) -> Signal {
        let value = self.operation(Operation::Thin { channels, input: signal.value });
        let half = |length: i64| (length + 1) / 2;
        let (height, width) = (half(signal.height), half(signal.width));
        Signal { units: signal.units + channels[0] + channels[1], height, width, value, ..signal }
    }

    /// Makes the units of `signal` switchable. Call it after the layer that produces them, its
    /// normalisation and its activation function; layers that read the returned signal are the
    /// site's consumers.
    pub fn site(&mut self, name: &str, signal: Signal) -> Signal {
        let id = SiteId(self.map.sites.len());
        self.map.sites.push(Site {
            id,
            name: name.to_owned(),
            units: signal.units,
            channels: !signal.flattened,
            producers: Vec::new(),
            consumers: Vec::new(),
        });
        self.share_site(id, signal);
        let read = self.input_of(self.map.sites[id.0].producers[0]);
        let value = self.operation(Operation::Site { site: id, input: signal.value, read });
        Signal { value, site: Some(id), ..signal }
    }

    /// Switches the units of `signal` by the gates of an existing site.
    pub fn same_site(&mut self, site: SiteId, signal: Signal) -> Signal {
        self.share_site(site, signal);
        let value = self.operation(Operation::SameSite { site, input: signal.value });
        Signal { value, site: Some(site), ..signal }
    }

    /// Notes that a site switches the units of `signal`, which a residual sum joins with its own.
    /// The gates are decided at the first producer.
    pub fn share_site(&mut self, site: SiteId, signal: Signal) {
        let producer = signal.producer.expect("a site follows a layer");
        self.map.layers[producer.0].output_site = Some(site);
        self.map.sites[site.0].producers.push(producer);
        if let Some(norm) = signal.norm {
            self.map.norms[norm.0].site = Some(site);
        }
    }

    /// Returns the finished model, whose last signal are the logits.
    pub fn finish(self) -> ModelMap {
        self.map
    }

    fn operation(&mut self, operation: Operation) -> ValueId {
        self.map.operations.push(operation);
        ValueId(self.map.operations.len() - 1)
    }

    fn input_of(&self, layer: LayerId) -> ValueId {
        let input = |operation: &Operation| match operation {
            Operation::Layer { layer: own, input } if *own == layer => Some(*input),
            _ => None,
        };
        self.map.operations.iter().find_map(input).expect("every layer is an operation")
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
