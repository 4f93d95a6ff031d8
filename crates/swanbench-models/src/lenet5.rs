//! LeNet-5 as in Caffe's example: 20 and 50 channels, 500 neurons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{Convolution, ModelBuildError, ModelBuilder, ModelDef, Pool};

/// The LeNet-5 of the pruning literature: two 5x5 convolutions, each rectified and max-pooled, and
/// two linear layers.
pub struct Lenet5;

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

    fn describe(_: Settings, builder: &mut ModelBuilder) -> Result<(), ModelBuildError> {
        let mut signal = builder.input();
        for (name, channels) in [("conv1", 20), ("conv2", 50)] {
            let convolution = Convolution::of(builder.scaled(channels), KERNEL);
            let output = builder.convolution(name, signal, convolution)?;
            // Rectified and gated after the pooling, where a quarter of the positions is left: a gate
            // is one factor for a whole channel and not negative, so nothing else changes.
            let pooled = builder.max_pool(name, output, Pool::of(POOL))?;
            let rectified = builder.relu(pooled);
            signal = builder.site(name, rectified);
        }
        let features = builder.flatten(signal);
        let output = builder.linear("fc1", features, builder.scaled(500));
        let rectified = builder.relu(output);
        let hidden = builder.site("fc1", rectified);
        builder.linear("fc2", hidden, builder.classes());
        Ok(())
    }
}
