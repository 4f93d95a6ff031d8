//! What residual networks share: a stem, blocks around a stream, and the linear layer at the end.

use swanbench_core::{Convolution, ModelBuildError, ModelBuilder, Pool, Signal, SiteId};

/// Adds the first convolution, on the images, then `pool`. With `gated`, a site in between.
pub fn stem(
    builder: &mut ModelBuilder,
    convolution: Convolution,
    pool: Option<Pool>,
    gated: bool,
) -> Result<Signal, ModelBuildError> {
    let normalised = normalised(builder, ["conv1", "bn1"], builder.input(), convolution)?;
    let mut signal = builder.relu(normalised);
    if gated {
        signal = builder.site("conv1", signal);
    }
    match pool {
        Some(pool) => builder.max_pool("maxpool", signal, pool),
        None => Ok(signal),
    }
}

/// Adds the mean over positions and the linear layer `name`.
pub fn head(builder: &mut ModelBuilder, name: &str, signal: Signal) {
    let means = builder.average(signal, 1);
    let features = builder.flatten(means);
    builder.linear(name, features, builder.classes());
}

/// Adds a convolution without bias and the normalisation after it; `names` are theirs.
fn normalised(
    builder: &mut ModelBuilder,
    names: [&str; 2],
    signal: Signal,
    convolution: Convolution,
) -> Result<Signal, ModelBuildError> {
    let convolution = Convolution { bias: false, ..convolution }.he();
    let output = builder.convolution(names[0], signal, convolution)?;
    Ok(builder.norm(names[1], output))
}

/// The path of the stream around a block.
pub enum Shortcut {
    /// The unchanged stream.
    Identity,
    /// Every second position, and this many channels of zeros before and after the others (option A
    /// of He et al. 2016). Without parameters and MACs.
    Padded([i64; 2]),
    /// A normalised 1x1 convolution.
    Projected(Convolution),
}

/// The site of one stage's stream, if streams are gated.
pub struct ResidualStream {
    gated: bool,
    site: Option<SiteId>,
}

impl ResidualStream {
    /// Starts the stream before the first block of a stage.
    pub fn new(gated: bool) -> Self {
        Self { gated, site: None }
    }
}

/// A residual block.
pub struct Block<'a> {
    pub name: &'a str,
    /// The inner convolutions, with a site each.
    pub inner: &'a [Convolution],
    /// The convolution that joins the stream.
    pub joining: Convolution,
    pub shortcut: Shortcut,
}

impl Block<'_> {
    /// Adds the block after `signal`.
    pub fn build(
        self,
        builder: &mut ModelBuilder,
        signal: Signal,
        stream: &mut ResidualStream,
    ) -> Result<Signal, ModelBuildError> {
        let name = self.name;
        let names = |number: usize| [format!("{name}.conv{number}"), format!("{name}.bn{number}")];
        let mut flow = signal;
        for (index, &inner) in self.inner.iter().enumerate() {
            let [layer, norm] = names(index + 1);
            let output = normalised(builder, [&layer, &norm], flow, inner)?;
            let rectified = builder.relu(output);
            flow = builder.site(&layer, rectified);
        }
        let [layer, norm] = names(self.inner.len() + 1);
        let output = normalised(builder, [&layer, &norm], flow, self.joining)?;
        let mut projected = None;
        let shortcut = match self.shortcut {
            Shortcut::Identity => signal,
            Shortcut::Padded(channels) => builder.thin(signal, channels),
            Shortcut::Projected(convolution) => {
                let [layer, norm] = ["0", "1"].map(|part| format!("{name}.downsample.{part}"));
                *projected.insert(normalised(builder, [&layer, &norm], signal, convolution)?)
            }
        };
        let sum = builder.add(output, shortcut);
        let rectified = builder.relu(sum);
        if !stream.gated {
            return Ok(rectified);
        }
        let gated = match stream.site {
            Some(site) => builder.same_site(site, rectified),
            None => builder.site(name, rectified),
        };
        stream.site = gated.site();
        if let (Some(site), Some(projected)) = (stream.site, projected) {
            builder.share_site(site, projected);
        }
        Ok(gated)
    }
}
