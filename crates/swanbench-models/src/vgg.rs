//! VGG-16, with and without batch normalisation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Convolution, Forward, Initial, LayerId, Model, ModelBuildError, ModelBuilder, ModelDef,
    ModelMap, NormId, Pool, Signal, SiteId, relu,
};
use tch::Tensor;

/// The paper's configuration D. From 64 pixels on, the layers of torchvision's `vgg16` and `vgg16_bn`
/// with their names; below, the usual form for CIFAR: the convolutions and one linear layer.
/// Dropout, which torchvision's classifier has, is a method here.
pub struct Vgg<const NORMALISED: bool> {
    map: ModelMap,
    /// Convolutions, and the poolings between them.
    features: Vec<Step>,
    /// Bins per side into which the last feature map is averaged; `None` if it is not.
    bins: Option<i64>,
    hidden: Vec<(LayerId, SiteId)>,
    output: LayerId,
}

/// VGG-16 without normalisation.
pub type Vgg16 = Vgg<false>;
/// VGG-16 with batch normalisation.
pub type Vgg16Bn = Vgg<true>;

enum Step {
    Convolution { layer: LayerId, norm: Option<NormId>, site: SiteId },
    Pool,
}

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

    fn build(_: Settings, mut builder: ModelBuilder) -> Result<Self, ModelBuildError> {
        let mut signal = builder.input();
        let large = signal.height.min(signal.width) >= LARGE;
        let mut features = Vec::new();
        // torchvision numbers the modules of `features`, activations and poolings included.
        let mut index = 0;
        for group in GROUPS {
            for &channels in group {
                let convolution =
                    Convolution { padding: 1, ..Convolution::of(builder.scaled(channels), 3) }.he();
                let name = format!("features.{index}");
                let (layer, output) = builder.convolution(&name, signal, convolution)?;
                let (norm, output) = normalised::<NORMALISED>(&mut builder, index + 1, output);
                let (site, gated) = builder.site(&name, output);
                features.push(Step::Convolution { layer, norm, site });
                signal = gated;
                index += if NORMALISED { 3 } else { 2 };
            }
            signal = builder.pool(&format!("features.{index}"), signal, POOL)?;
            features.push(Step::Pool);
            index += 1;
        }
        let mut hidden = Vec::new();
        let mut name = "classifier".to_owned();
        if large {
            signal = builder.average(signal, BINS);
            for number in [0, 3] {
                let name = format!("classifier.{number}");
                let neurons = builder.scaled(4096);
                let (layer, output) =
                    builder.linear_from(&name, builder.flatten(signal), neurons, LINEAR_START);
                let (site, gated) = builder.site(&name, output);
                hidden.push((layer, site));
                signal = gated;
            }
            name.push_str(".6");
        }
        let classes = builder.classes();
        let (output, _) =
            builder.linear_from(&name, builder.flatten(signal), classes, LINEAR_START);
        Ok(Self { map: builder.finish(), features, bins: large.then_some(BINS), hidden, output })
    }
}

/// The initial values of linear layers in torchvision.
const LINEAR_START: Option<Initial> = Some(Initial::Normal(0.01));

/// Adds a normalisation after the layer `index`, if the network has any.
fn normalised<const NORMALISED: bool>(
    builder: &mut ModelBuilder,
    index: usize,
    signal: Signal,
) -> (Option<NormId>, Signal) {
    if !NORMALISED {
        return (None, signal);
    }
    let (norm, signal) = builder.norm(&format!("features.{index}"), signal);
    (Some(norm), signal)
}

impl<const NORMALISED: bool> Model for Vgg<NORMALISED> {
    fn map(&self) -> &ModelMap {
        &self.map
    }

    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor {
        let mut features = images.shallow_clone();
        for step in &self.features {
            features = match *step {
                Step::Pool => features.max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], true),
                Step::Convolution { layer, norm, site } => {
                    let output = pass.layer(layer, &features);
                    let output =
                        norm.map_or(output.shallow_clone(), |norm| pass.norm(norm, &output));
                    pass.site(site, &features, relu(output))
                }
            };
        }
        if let Some(bins) = self.bins {
            features = features.adaptive_avg_pool2d([bins, bins]);
        }
        let mut features = features.flatten(1, -1);
        for &(layer, site) in &self.hidden {
            let output = relu(pass.layer(layer, &features));
            features = pass.site(site, &features, output);
        }
        pass.layer(self.output, &features)
    }
}
