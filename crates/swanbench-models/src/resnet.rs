//! The residual networks of ImageNet: ResNet-18 and ResNet-50.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Convolution, Forward, Model, ModelBuildError, ModelBuilder, ModelDef, ModelMap, Pool, Signal,
};
use tch::Tensor;

use crate::residual::{Block, Normalised, ResidualNetwork, ResidualStream, Shortcut, Stem};

/// A residual network. From 64 pixels on, the layers of torchvision's networks with their names;
/// below, the usual form for CIFAR: first a 3x3 convolution of stride 1 and no pooling.
pub struct Resnet<const DEPTH: u32>(ResidualNetwork);

/// ResNet-18, with two 3x3 convolutions per block.
pub type Resnet18 = Resnet<18>;
/// ResNet-50, with 1x1, 3x3 and 1x1 convolutions per block.
pub type Resnet50 = Resnet<50>;

/// The fields of residual networks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether the residual stream of each stage is one shared site. If not, only the inner
    /// convolutions of blocks have sites.
    pub gate_stream: bool,
}

/// From this size on, the network has the form for ImageNet.
const LARGE: i64 = 64;
/// Channels of the inner convolutions of each stage.
const CHANNELS: [i64; 4] = [64, 128, 256, 512];

/// Returns the blocks per stage, and the width of the stream over that of inner convolutions.
const fn shape(depth: u32) -> ([usize; 4], i64) {
    match depth {
        18 => ([2, 2, 2, 2], 1),
        50 => ([3, 4, 6, 3], 4),
        _ => panic!("no network has this depth"),
    }
}

impl<const DEPTH: u32> ModelDef for Resnet<DEPTH> {
    const NAME: &'static str = match DEPTH {
        18 => "resnet18",
        _ => "resnet50",
    };
    const SUMMARY: &'static str = match DEPTH {
        18 => "ResNet-18; sites inside the blocks, with gate_stream on the stream too",
        _ => "ResNet-50; sites inside the blocks, with gate_stream on the stream too",
    };
    const SOURCE: &'static str = "He et al. 2016, arXiv 1512.03385";
    const REVISION: u32 = 1;
    type Settings = Settings;

    fn build(settings: Settings, mut builder: ModelBuilder) -> Result<Self, ModelBuildError> {
        let (counts, expansion) = const { shape(DEPTH) };
        let input = builder.input();
        let large = input.height.min(input.width) >= LARGE;
        let channels = builder.scaled(CHANNELS[0]);
        let convolution = if large {
            Convolution { stride: 2, padding: 3, ..Convolution::of(channels, 7) }
        } else {
            Convolution { padding: 1, ..Convolution::of(channels, 3) }
        };
        let pool = large.then_some(POOL);
        let (stem, mut signal) =
            Stem::build(&mut builder, convolution, pool, settings.gate_stream)?;
        let mut blocks = Vec::new();
        for (stage, count) in counts.into_iter().enumerate() {
            let mut stream = ResidualStream::new(settings.gate_stream);
            for index in 0..count {
                let name = format!("layer{}.{index}", stage + 1);
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let inner = builder.scaled(CHANNELS[stage]);
                let (block, output) =
                    block(&mut builder, &name, signal, inner, expansion, stride, &mut stream)?;
                blocks.push(block);
                signal = output;
            }
        }
        Ok(Self(ResidualNetwork::finish(builder, stem, blocks, signal, "fc")))
    }
}

const POOL: Pool = Pool { size: 3, stride: 2, padding: 1, ceil: false };

/// Adds a block of two convolutions, or of three if the stream is wider than the inner ones. The
/// stride is that of the 3x3 convolution, as in torchvision.
fn block(
    builder: &mut ModelBuilder,
    name: &str,
    signal: Signal,
    inner: i64,
    expansion: i64,
    stride: i64,
    stream: &mut ResidualStream,
) -> Result<(Block, Signal), ModelBuildError> {
    let outputs = inner * expansion;
    let wide = |outputs, stride| Convolution { stride, padding: 1, ..Convolution::of(outputs, 3) };
    let (inside, joining) = if expansion == 1 {
        (vec![wide(inner, stride)], wide(outputs, 1))
    } else {
        (vec![Convolution::of(inner, 1), wide(inner, stride)], Convolution::of(outputs, 1))
    };
    let changes = stride != 1 || signal.units != outputs;
    let shortcut = |builder: &mut ModelBuilder, projected: &mut Option<Signal>| {
        if !changes {
            return Ok(Shortcut::Identity);
        }
        let names = [format!("{name}.downsample.0"), format!("{name}.downsample.1")];
        let convolution = Convolution { stride, ..Convolution::of(outputs, 1) };
        let (projection, output) =
            Normalised::build(builder, names.each_ref().map(String::as_str), signal, convolution)?;
        *projected = Some(output);
        Ok(Shortcut::Projected(projection))
    };
    Block::build(builder, name, signal, &inside, joining, shortcut, stream)
}

impl<const DEPTH: u32> Model for Resnet<DEPTH> {
    fn map(&self) -> &ModelMap {
        &self.0.map
    }

    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor {
        self.0.forward(images, pass)
    }
}
