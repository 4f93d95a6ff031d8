//! The shared parts of residual networks: normalised convolutions, blocks on a stream, and the path
//! from the images through the blocks to the classes.

use swanbench_core::{
    Convolution, Forward, LayerId, ModelBuildError, ModelBuilder, ModelMap, NormId, Pool, Signal,
    SiteId, relu,
};
use tch::Tensor;

/// A residual network: a stem, blocks, the mean over positions, and a linear layer.
pub struct ResidualNetwork {
    pub map: ModelMap,
    stem: Stem,
    blocks: Vec<Block>,
    output: LayerId,
}

impl ResidualNetwork {
    /// Adds the linear layer `name` after the last block, whose output is `signal`.
    pub fn finish(
        mut builder: ModelBuilder,
        stem: Stem,
        blocks: Vec<Block>,
        signal: Signal,
        name: &str,
    ) -> Self {
        let classes = builder.classes();
        let features = builder.flatten(builder.average(signal, 1));
        let (output, _) = builder.linear(name, features, classes);
        Self { map: builder.finish(), stem, blocks, output }
    }

    /// Computes logits, `[examples, classes]`.
    pub fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor {
        let mut features = self.stem.forward(images, pass);
        for block in &self.blocks {
            features = block.forward(&features, pass);
        }
        pass.layer(self.output, &features.adaptive_avg_pool2d([1, 1]).flatten(1, -1))
    }
}

/// The first convolution, on the images.
pub struct Stem {
    convolution: Normalised,
    /// The stem's part of a gated stream.
    site: Option<SiteId>,
    pool: Option<Pool>,
}

impl Stem {
    /// Adds the convolution `conv1`, then `pool`. With `gated`, a site in between.
    pub fn build(
        builder: &mut ModelBuilder,
        convolution: Convolution,
        pool: Option<Pool>,
        gated: bool,
    ) -> Result<(Self, Signal), ModelBuildError> {
        let input = builder.input();
        let (convolution, mut signal) =
            Normalised::build(builder, ["conv1", "bn1"], input, convolution)?;
        let mut site = None;
        if gated {
            let (id, switched) = builder.site("conv1", signal);
            site = Some(id);
            signal = switched;
        }
        if let Some(pool) = pool {
            signal = builder.pool("maxpool", signal, pool)?;
        }
        Ok((Self { convolution, site, pool }, signal))
    }

    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor {
        let mut features = relu(self.convolution.forward(images, pass));
        if let Some(site) = self.site {
            features = pass.site(site, images, features);
        }
        if let Some(Pool { size, stride, padding, ceil }) = self.pool {
            features = features.max_pool2d([size; 2], [stride; 2], [padding; 2], [1; 2], ceil);
        }
        features
    }
}

/// A convolution without bias and the normalisation after it.
#[derive(Clone, Copy)]
pub struct Normalised {
    layer: LayerId,
    norm: NormId,
}

impl Normalised {
    /// Adds both; `names` are those of the convolution and of the normalisation.
    pub fn build(
        builder: &mut ModelBuilder,
        names: [&str; 2],
        signal: Signal,
        convolution: Convolution,
    ) -> Result<(Self, Signal), ModelBuildError> {
        let convolution = Convolution { bias: false, ..convolution }.he();
        let (layer, output) = builder.convolution(names[0], signal, convolution)?;
        let (norm, output) = builder.norm(names[1], output);
        Ok((Self { layer, norm }, output))
    }

    /// Applies both.
    pub fn forward(self, input: &Tensor, pass: &Forward<'_>) -> Tensor {
        pass.norm(self.norm, &pass.layer(self.layer, input))
    }
}

/// The path of the stream around a block.
pub enum Shortcut {
    /// The unchanged stream.
    Identity,
    /// Every second position, and zeros for new channels, half before and half after the others
    /// (option A of He et al. 2016). Without parameters and MACs.
    Padded { channels: [i64; 2] },
    /// A normalised 1x1 convolution.
    Projected(Normalised),
}

/// A residual block: inner convolutions with sites, one that joins the stream, and the shortcut.
pub struct Block {
    inner: Vec<(Normalised, SiteId)>,
    joining: Normalised,
    shortcut: Shortcut,
    /// The site of the stream; `None` if streams are not gated.
    stream: Option<SiteId>,
    /// Whether this block is the first at the stream's site.
    first: bool,
}

/// The site of one stage's stream, if streams are gated.
pub struct ResidualStream {
    pub gated: bool,
    site: Option<SiteId>,
}

impl ResidualStream {
    /// Starts the stream before the first block of a stage.
    pub fn new(gated: bool) -> Self {
        Self { gated, site: None }
    }
}

impl Block {
    /// Adds the block `name`, whose convolutions are the `inner` ones and then `joining`.
    pub fn build(
        builder: &mut ModelBuilder,
        name: &str,
        signal: Signal,
        inner: &[Convolution],
        joining: Convolution,
        shortcut: impl FnOnce(
            &mut ModelBuilder,
            &mut Option<Signal>,
        ) -> Result<Shortcut, ModelBuildError>,
        stream: &mut ResidualStream,
    ) -> Result<(Self, Signal), ModelBuildError> {
        let mut flow = signal;
        let mut sites = Vec::new();
        let convolution =
            |number: usize| [format!("{name}.conv{number}"), format!("{name}.bn{number}")];
        for (index, &inner) in inner.iter().enumerate() {
            let [layer, norm] = convolution(index + 1);
            let (normalised, output) = Normalised::build(builder, [&layer, &norm], flow, inner)?;
            let (site, gated) = builder.site(&layer, output);
            sites.push((normalised, site));
            flow = gated;
        }
        let [layer, norm] = convolution(inner.len() + 1);
        let (joining, mut output) = Normalised::build(builder, [&layer, &norm], flow, joining)?;
        let mut projected = None;
        let shortcut = shortcut(builder, &mut projected)?;
        let first = stream.site.is_none();
        if stream.gated {
            output = if let Some(site) = stream.site {
                builder.join_site(site, output)
            } else {
                let (site, gated) = builder.site(name, output);
                stream.site = Some(site);
                gated
            };
            if let (Some(site), Some(projected)) = (stream.site, projected) {
                builder.join_site(site, projected);
            }
        }
        Ok((Self { inner: sites, joining, shortcut, stream: stream.site, first }, output))
    }

    /// Computes the stream after the block.
    pub fn forward(&self, input: &Tensor, pass: &mut Forward<'_>) -> Tensor {
        let mut features = input.shallow_clone();
        for &(normalised, site) in &self.inner {
            let output = relu(normalised.forward(&features, pass));
            features = pass.site(site, &features, output);
        }
        let mut output = self.joining.forward(&features, pass);
        match &self.shortcut {
            Shortcut::Identity => output += input,
            Shortcut::Padded { channels: [before, after] } => {
                let thinned = input.slice(2, 0, None, 2).slice(3, 0, None, 2);
                output += thinned.constant_pad_nd([0, 0, 0, 0, *before, *after]);
            }
            Shortcut::Projected(projection) => output += projection.forward(input, pass),
        }
        let output = relu(output);
        match self.stream {
            None => output,
            Some(site) if self.first => pass.site(site, &features, output),
            Some(site) => pass.same_site(site, output),
        }
    }
}
