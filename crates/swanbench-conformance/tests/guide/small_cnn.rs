//! A small convolutional network: one convolution and one hidden layer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{Convolution, ModelBuildError, ModelBuilder, ModelDef};

/// A rectified convolution of stride 2, a rectified linear layer, and the logits.
pub struct SmallCnn;

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

    fn describe(settings: Settings, builder: &mut ModelBuilder) -> Result<(), ModelBuildError> {
        let shape =
            Convolution { stride: 2, ..Convolution::of(builder.scaled(settings.channels), 5) };
        let output = builder.convolution("conv", builder.input(), shape)?;
        let rectified = builder.relu(output);
        let channels = builder.site("conv", rectified);
        let features = builder.flatten(channels);
        let output = builder.linear("fc1", features, builder.scaled(128));
        let rectified = builder.relu(output);
        let hidden = builder.site("fc1", rectified);
        builder.linear("fc2", hidden, builder.classes());
        Ok(())
    }
}
