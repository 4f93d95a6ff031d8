//! The thin residual networks of CIFAR: ResNet-20, 32, 56 and 110.

use swanbench_core::{
    Convolution, Forward, Model, ModelBuildError, ModelBuilder, ModelDef, ModelMap,
};
use tch::Tensor;

use crate::{
    residual::{Block, ResidualNetwork, ResidualStream, Shortcut, Stem},
    resnet::Settings,
};

/// A residual network of three stages of 16, 32 and 64 channels with (depth - 2) / 6 blocks each,
/// and shortcuts without parameters (section 4.2 of the paper, option A).
pub struct CifarResnet<const DEPTH: u32>(ResidualNetwork);

impl<const DEPTH: u32> ModelDef for CifarResnet<DEPTH> {
    const NAME: &'static str = match DEPTH {
        20 => "resnet20",
        32 => "resnet32",
        56 => "resnet56",
        _ => "resnet110",
    };
    const SUMMARY: &'static str = match DEPTH {
        20 => {
            "ResNet-20 for small images; sites inside the blocks, with gate_stream on the stream too"
        }
        32 => "ResNet-32, likewise",
        56 => "ResNet-56, likewise",
        _ => "ResNet-110, likewise",
    };
    const SOURCE: &'static str = "He et al. 2016, arXiv 1512.03385, section 4.2";
    const REVISION: u32 = 1;
    type Settings = Settings;

    fn build(settings: Settings, mut builder: ModelBuilder) -> Result<Self, ModelBuildError> {
        let wide =
            |outputs, stride| Convolution { stride, padding: 1, ..Convolution::of(outputs, 3) };
        let first = wide(builder.scaled(16), 1);
        let (stem, mut signal) = Stem::build(&mut builder, first, None, settings.gate_stream)?;
        let mut blocks = Vec::new();
        for (stage, channels) in [16, 32, 64].into_iter().enumerate() {
            let mut stream = ResidualStream::new(settings.gate_stream);
            for index in 0..(DEPTH - 2) / 6 {
                let channels = builder.scaled(channels);
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let missing = channels - signal.units;
                let shortcut = if stride == 1 && missing == 0 {
                    Shortcut::Identity
                } else {
                    Shortcut::Padded { channels: [missing / 2, missing - missing / 2] }
                };
                let name = format!("layer{}.{index}", stage + 1);
                let (block, output) = Block::build(
                    &mut builder,
                    &name,
                    signal,
                    &[wide(channels, stride)],
                    wide(channels, 1),
                    |_, _| Ok(shortcut),
                    &mut stream,
                )?;
                blocks.push(block);
                signal = output;
            }
        }
        Ok(Self(ResidualNetwork::finish(builder, stem, blocks, signal, "linear")))
    }
}

impl<const DEPTH: u32> Model for CifarResnet<DEPTH> {
    fn map(&self) -> &ModelMap {
        &self.0.map
    }

    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor {
        self.0.forward(images, pass)
    }
}
