//! The residual networks of ImageNet: ResNet-18 and ResNet-50.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{Convolution, ModelBuildError, ModelBuilder, ModelDef, Pool};

use crate::residual::{Block, ResidualStream, Shortcut, head, stem};

/// A residual network. From 64 pixels on, the layers of torchvision's networks with their names;
/// below, the usual form for CIFAR: first a 3x3 convolution of stride 1 and no pooling.
pub struct Resnet<const DEPTH: u32>;

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

    fn describe(settings: Settings, builder: &mut ModelBuilder) -> Result<(), ModelBuildError> {
        let (counts, expansion) = const { shape(DEPTH) };
        let input = builder.input();
        let large = input.height.min(input.width) >= LARGE;
        let channels = builder.scaled(CHANNELS[0]);
        let first = if large {
            Convolution { stride: 2, padding: 3, ..Convolution::of(channels, 7) }
        } else {
            wide(channels, 1)
        };
        let mut signal = stem(builder, first, large.then_some(POOL), settings.gate_stream)?;
        for (stage, count) in counts.into_iter().enumerate() {
            let mut stream = ResidualStream::new(settings.gate_stream);
            for index in 0..count {
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let channels = builder.scaled(CHANNELS[stage]);
                let outputs = channels * expansion;
                let (inner, joining) = inside(channels, outputs, stride);
                let shortcut = if stride == 1 && signal.units == outputs {
                    Shortcut::Identity
                } else {
                    Shortcut::Projected(Convolution { stride, ..Convolution::of(outputs, 1) })
                };
                let name = &format!("layer{}.{index}", stage + 1);
                let block = Block { name, inner: &inner, joining, shortcut };
                signal = block.build(builder, signal, &mut stream)?;
            }
        }
        head(builder, "fc", signal);
        Ok(())
    }
}

const POOL: Pool = Pool { size: 3, stride: 2, padding: 1, ceil: false };

fn wide(outputs: i64, stride: i64) -> Convolution {
    Convolution { stride, padding: 1, ..Convolution::of(outputs, 3) }
}

/// Returns the inner convolutions of a block and the joining one: two in all, or three if the stream
/// is wider than the inner ones. The stride is that of the 3x3 convolution, as in torchvision.
fn inside(channels: i64, outputs: i64, stride: i64) -> (Vec<Convolution>, Convolution) {
    if channels == outputs {
        return (vec![wide(channels, stride)], wide(outputs, 1));
    }
    (vec![Convolution::of(channels, 1), wide(channels, stride)], Convolution::of(outputs, 1))
}
