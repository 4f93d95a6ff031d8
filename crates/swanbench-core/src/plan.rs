//! How a model describes itself: layer by layer, before any tensor exists.
//!
//! A [`Signal`] stands for what flows between layers. The plan notes on it which site switches its
//! units, so that every layer learns what it is charged for without the model counting anything.

use crate::{
    Initial, Layer, LayerId, LayerKind, ModelMap, ParameterId, ParameterSpec, Site, SiteId,
};

/// What flows between two layers: the shape of one example, and where its units are switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// Channels, or neurons.
    pub units: i64,
    pub height: i64,
    pub width: i64,
    flattened: bool,
    producer: Option<LayerId>,
    site: Option<SiteId>,
}

/// A model that does not fit its input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(
        "layer `{layer}` needs an input of at least {needed}x{needed}, and {height}x{width} arrive"
    )]
    TooSmall { layer: String, needed: i64, height: i64, width: i64 },
}

/// A model in the making.
#[derive(Debug)]
pub struct Plan {
    width: f64,
    map: ModelMap,
}

impl Plan {
    /// For images of `input` channels, height and width, and this many classes; `width` scales all
    /// hidden units.
    #[must_use]
    pub fn new(input: [i64; 3], classes: i64, width: f64) -> Self {
        let map = ModelMap {
            input,
            classes,
            layers: Vec::new(),
            sites: Vec::new(),
            parameters: Vec::new(),
        };
        Self { width, map }
    }

    /// `full` hidden units scaled by the plan's width: rounded, and at least one.
    #[must_use]
    pub fn scaled(&self, full: i64) -> i64 {
        ((full as f64 * self.width).round() as i64).max(1)
    }

    /// The classes to tell apart: the outputs of the last layer.
    #[must_use]
    pub fn classes(&self) -> i64 {
        self.map.classes
    }

    /// The images.
    #[must_use]
    pub fn input(&self) -> Signal {
        let [units, height, width] = self.map.input;
        Signal { units, height, width, flattened: false, producer: None, site: None }
    }

    /// Channels and positions become one row of features. Its units are still the channels.
    #[must_use]
    pub fn flatten(&self, signal: Signal) -> Signal {
        Signal { flattened: true, ..signal }
    }

    /// A linear layer with bias.
    pub fn linear(&mut self, name: &str, signal: Signal, outputs: i64) -> (LayerId, Signal) {
        let features = signal.height * signal.width;
        let fan_in = signal.units * features;
        let layer = self.layer(
            name,
            LayerKind::Linear,
            signal,
            outputs,
            [features, 1],
            vec![outputs, fan_in],
        );
        let output = Signal {
            units: outputs,
            height: 1,
            width: 1,
            flattened: true,
            producer: Some(layer),
            site: None,
        };
        (layer, output)
    }

    /// A convolution with bias, stride 1 and no padding.
    ///
    /// # Errors
    /// If the input is smaller than the kernel.
    pub fn convolution(
        &mut self,
        name: &str,
        signal: Signal,
        outputs: i64,
        kernel: i64,
    ) -> Result<(LayerId, Signal), PlanError> {
        let (height, width) = (signal.height - kernel + 1, signal.width - kernel + 1);
        Self::fits(name, kernel, signal)?;
        let layer = self.layer(
            name,
            LayerKind::Convolution { kernel, stride: 1, padding: 0 },
            signal,
            outputs,
            [kernel * kernel, height * width],
            vec![outputs, signal.units, kernel, kernel],
        );
        let producer = Some(layer);
        Ok((
            layer,
            Signal { units: outputs, height, width, flattened: false, producer, site: None },
        ))
    }

    /// Pooling over `size` x `size` squares. Costs no MACs.
    ///
    /// # Errors
    /// If the input is smaller than the square.
    pub fn pool(&self, name: &str, signal: Signal, size: i64) -> Result<Signal, PlanError> {
        Self::fits(name, size, signal)?;
        Ok(Signal { height: signal.height / size, width: signal.width / size, ..signal })
    }

    /// Makes the units of `signal` switchable. Call it right after the layer that produces them;
    /// layers that read the returned signal are the site's consumers.
    pub fn site(&mut self, name: &str, signal: Signal) -> (SiteId, Signal) {
        let id = SiteId(self.map.sites.len());
        let producer = signal.producer.expect("a site follows a layer");
        self.map.layers[producer.0].output_site = Some(id);
        self.map.sites.push(Site {
            id,
            name: name.to_owned(),
            units: signal.units,
            channels: !signal.flattened,
            producers: vec![producer],
            consumers: Vec::new(),
        });
        (id, Signal { site: Some(id), ..signal })
    }

    /// The finished map.
    #[must_use]
    pub fn finish(self) -> ModelMap {
        self.map
    }

    fn fits(name: &str, needed: i64, signal: Signal) -> Result<(), PlanError> {
        let Signal { height, width, .. } = signal;
        if height >= needed && width >= needed {
            return Ok(());
        }
        Err(PlanError::TooSmall { layer: name.to_owned(), needed, height, width })
    }

    fn layer(
        &mut self,
        name: &str,
        kind: LayerKind,
        signal: Signal,
        outputs: i64,
        [weights_per_pair, positions]: [i64; 2],
        shape: Vec<i64>,
    ) -> LayerId {
        let id = LayerId(self.map.layers.len());
        let fan_in = shape[1..].iter().product();
        if let Some(site) = signal.site {
            self.map.sites[site.0].consumers.push(id);
        }
        let weight = self.parameter(format!("{name}.weight"), shape, fan_in);
        let bias = Some(self.parameter(format!("{name}.bias"), vec![outputs], fan_in));
        let input_positions = match kind {
            LayerKind::Linear => 1,
            LayerKind::Convolution { .. } => signal.height * signal.width,
        };
        self.map.layers.push(Layer {
            id,
            name: name.to_owned(),
            kind,
            inputs: signal.units,
            outputs,
            weights_per_pair,
            input_positions,
            positions,
            input_site: signal.site,
            output_site: None,
            weight,
            bias,
        });
        id
    }

    fn parameter(&mut self, name: String, shape: Vec<i64>, fan_in: i64) -> ParameterId {
        let id = ParameterId(self.map.parameters.len());
        self.map.parameters.push(ParameterSpec { name, shape, initial: Initial::FanIn(fan_in) });
        id
    }
}
