//! VGG-16, with and without batch normalisation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{Convolution, Initial, ModelBuildError, ModelBuilder, ModelDef, Pool};

/// The paper's configuration D. From 64 pixels on, the layers of torchvision's `vgg16` and `vgg16_bn`
/// with their names; below, the usual form for CIFAR: the convolutions and one linear layer.
/// Dropout, which torchvision's classifier has, is a method here.
pub struct Vgg<const NORMALISED: bool>;

/// VGG-16 without normalisation.
pub type Vgg16 = Vgg<false>;
/// VGG-16 with batch normalisation.
pub type Vgg16Bn = Vgg<true>;

/// No settings but the common `width`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}

/// Channels of the convolutions between two poolings.
const GROUPS: [&[i64]; 5] =
    [&[64, 64], &[128, 128], &[256, 256, 256], &[512, 512, 512], &[512, 512, 512]];
/// Squares of 2 x 2; those partly over the border are kept, so that 28 pixels suffice for five.
const POOL: Pool = Pool { size: 2, stride: 2, padding: 0, ceil: true };
/// From this size on, the network has the form for ImageNet.
const LARGE: i64 = 64;
/// torchvision averages the last feature map into this many bins per side.
const BINS: i64 = 7;

impl<const NORMALISED: bool> ModelDef for Vgg<NORMALISED> {
    const NAME: &'static str = if NORMALISED { "vgg16_bn" } else { "vgg16" };
    const SUMMARY: &'static str = if NORMALISED {
        "VGG-16 with batch normalisation; sites at all channels and hidden neurons"
    } else {
        "VGG-16; sites at all channels and hidden neurons"
    };
    const SOURCE: &'static str = "Simonyan and Zisserman 2015, arXiv 1409.1556";
    const REVISION: u32 = 1;
    type Settings = Settings;

    fn describe(_: Settings, builder: &mut ModelBuilder) -> Result<(), ModelBuildError> {
        let mut signal = builder.input();
        let large = signal.height.min(signal.width) >= LARGE;
        // torchvision numbers the modules of `features`, activations and poolings included.
        let mut index = 0;
        for group in GROUPS {
            for &channels in group {
                let convolution =
                    Convolution { padding: 1, ..Convolution::of(builder.scaled(channels), 3) }.he();
                let name = format!("features.{index}");
                let mut output = builder.convolution(&name, signal, convolution)?;
                if NORMALISED {
                    output = builder.norm(&format!("features.{}", index + 1), output);
                }
                let rectified = builder.relu(output);
                signal = builder.site(&name, rectified);
                index += if NORMALISED { 3 } else { 2 };
            }
            signal = builder.max_pool(&format!("features.{index}"), signal, POOL)?;
            index += 1;
        }
        let mut name = "classifier".to_owned();
        if large {
            signal = builder.average(signal, BINS);
        }
        signal = builder.flatten(signal);
        if large {
            for number in [0, 3] {
                let name = format!("classifier.{number}");
                let neurons = builder.scaled(4096);
                let output = builder.linear_from(&name, signal, neurons, LINEAR_START);
                let rectified = builder.relu(output);
                signal = builder.site(&name, rectified);
            }
            name.push_str(".6");
        }
        builder.linear_from(&name, signal, builder.classes(), LINEAR_START);
        Ok(())
    }
}

/// The initial values of linear layers in torchvision.
const LINEAR_START: Option<Initial> = Some(Initial::Normal(0.01));
