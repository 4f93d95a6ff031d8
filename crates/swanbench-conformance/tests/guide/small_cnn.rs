//! A small convolutional network: one convolution and one hidden layer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Convolution, Forward, LayerId, Model, ModelBuildError, ModelBuilder, ModelDef, ModelMap,
    SiteId, relu,
};
use tch::Tensor;

/// A rectified convolution of stride 2, a rectified linear layer, and the logits.
pub struct SmallCnn {
    map: ModelMap,
    convolution: (LayerId, SiteId),
    hidden: (LayerId, SiteId),
    output: LayerId,
}

/// The fields of `kind: small-cnn`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Channels of the convolution.
    #[schemars(range(min = 1, max = 1024))]
    channels: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { channels: 32 }
    }
}

impl ModelDef for SmallCnn {
    const NAME: &'static str = "small-cnn";
    const SUMMARY: &'static str = "one convolution and one hidden layer; sites at both";
    const SOURCE: &'static str = "an example of this guide";
    const REVISION: u32 = 1;
    type Settings = Settings;

    fn build(settings: Settings, mut builder: ModelBuilder) -> Result<Self, ModelBuildError> {
        let shape =
            Convolution { stride: 2, ..Convolution::of(builder.scaled(settings.channels), 5) };
        let (conv, signal) = builder.convolution("conv", builder.input(), shape)?;
        let (conv_site, signal) = builder.site("conv", signal);
        let features = builder.flatten(signal);
        let (fc1, signal) = builder.linear("fc1", features, builder.scaled(128));
        let (fc1_site, signal) = builder.site("fc1", signal);
        let (output, _) = builder.linear("fc2", signal, builder.classes());
        let (convolution, hidden) = ((conv, conv_site), (fc1, fc1_site));
        Ok(Self { map: builder.finish(), convolution, hidden, output })
    }
}

impl Model for SmallCnn {
    fn map(&self) -> &ModelMap {
        &self.map
    }

    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor {
        let (layer, site) = self.convolution;
        let channels = pass.site(site, images, relu(pass.layer(layer, images)));
        let features = channels.flatten(1, -1);
        let (layer, site) = self.hidden;
        let hidden = pass.site(site, &features, relu(pass.layer(layer, &features)));
        pass.layer(self.output, &hidden)
    }
}
