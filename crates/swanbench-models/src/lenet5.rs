//! LeNet-5 as in Caffe's example: 20 and 50 channels, 500 neurons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Convolution, Forward, LayerId, Model, ModelBuildError, ModelBuilder, ModelDef, ModelMap, Pool,
    SiteId, relu,
};
use tch::Tensor;

/// The LeNet-5 of the pruning literature: two 5x5 convolutions, each rectified and max-pooled, and
/// two linear layers.
pub struct Lenet5 {
    map: ModelMap,
    convolutions: [(LayerId, SiteId); 2],
    hidden: (LayerId, SiteId),
    output: LayerId,
}

/// No settings but the common `width`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}

const KERNEL: i64 = 5;
const POOL: i64 = 2;

impl ModelDef for Lenet5 {
    const NAME: &'static str = "lenet5";
    const SUMMARY: &'static str =
        "two convolutions and two linear layers (20-50-800-500); sites at channels and neurons";
    const SOURCE: &'static str = "LeNet-5-Caffe: LeCun et al. 1998, doi 10.1109/5.726791";
    const REVISION: u32 = 1;
    type Settings = Settings;

    fn build(_: Settings, mut builder: ModelBuilder) -> Result<Self, ModelBuildError> {
        let mut signal = builder.input();
        let mut convolution = |builder: &mut ModelBuilder, name: &str, channels: i64| {
            let (layer, output) = builder.convolution(
                name,
                signal,
                Convolution::of(builder.scaled(channels), KERNEL),
            )?;
            let (site, gated) = builder.site(name, output);
            signal = builder.pool(name, gated, Pool::of(POOL))?;
            Ok((layer, site))
        };
        let convolutions =
            [convolution(&mut builder, "conv1", 20)?, convolution(&mut builder, "conv2", 50)?];
        let neurons = builder.scaled(500);
        let (layer, output) = builder.linear("fc1", builder.flatten(signal), neurons);
        let (site, gated) = builder.site("fc1", output);
        let (output, _) = builder.linear("fc2", gated, builder.classes());
        Ok(Self { map: builder.finish(), convolutions, hidden: (layer, site), output })
    }
}

impl Model for Lenet5 {
    fn map(&self) -> &ModelMap {
        &self.map
    }

    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor {
        let mut features = images.shallow_clone();
        for (layer, site) in self.convolutions {
            // A gate is one factor for a whole channel and not negative, so it may come after the
            // pooling, where a quarter of the positions is left.
            let output = relu(pass.layer(layer, &features).max_pool2d_default(POOL));
            features = pass.site(site, &features, output);
        }
        let features = features.flatten(1, -1);
        let (layer, site) = self.hidden;
        let output = relu(pass.layer(layer, &features));
        let hidden = pass.site(site, &features, output);
        pass.layer(self.output, &hidden)
    }
}
