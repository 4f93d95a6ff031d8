//! The thin residual networks of CIFAR: ResNet-20, 32, 56 and 110.

use swanbench_core::{Convolution, ModelBuildError, ModelBuilder, ModelDef};

use crate::{
    residual::{Block, ResidualStream, Shortcut, head, stem},
    resnet::Settings,
};

/// A residual network of three stages of 16, 32 and 64 channels with (depth - 2) / 6 blocks each,
/// and shortcuts without parameters (section 4.2 of the paper, option A).
pub struct CifarResnet<const DEPTH: u32>;

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

    fn describe(settings: Settings, builder: &mut ModelBuilder) -> Result<(), ModelBuildError> {
        let wide =
            |outputs, stride| Convolution { stride, padding: 1, ..Convolution::of(outputs, 3) };
        let first = wide(builder.scaled(16), 1);
        let mut signal = stem(builder, first, None, settings.gate_stream)?;
        for (stage, channels) in [16, 32, 64].into_iter().enumerate() {
            let mut stream = ResidualStream::new(settings.gate_stream);
            for index in 0..(DEPTH - 2) / 6 {
                let channels = builder.scaled(channels);
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let missing = channels - signal.units;
                let shortcut = if stride == 1 && missing == 0 {
                    Shortcut::Identity
                } else {
                    Shortcut::Padded([missing / 2, missing - missing / 2])
                };
                let block = Block {
                    name: &format!("layer{}.{index}", stage + 1),
                    inner: &[wide(channels, stride)],
                    joining: wide(channels, 1),
                    shortcut,
                };
                signal = block.build(builder, signal, &mut stream)?;
            }
        }
        head(builder, "linear", signal);
        Ok(())
    }
}
