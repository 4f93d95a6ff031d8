//! The operations of a model: how each value is computed from earlier ones.

use crate::{LayerId, NormId, Pool, SiteId};

/// Position of a value in the order of computation, which begins with the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(pub(crate) usize);

impl ValueId {
    /// Returns the position as a number.
    pub fn index(self) -> usize {
        self.0
    }
}

/// What computes a value: `[examples, channels, height, width]`, or `[examples, features]` from the
/// first flattening on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// The images.
    Images,
    /// A linear layer or a convolution.
    Layer {
        /// Which one.
        layer: LayerId,
        /// What it reads.
        input: ValueId,
    },
    /// A normalisation of every channel over examples and positions (Ioffe and Szegedy 2015).
    Norm {
        /// Which one.
        norm: NormId,
        /// What it reads.
        input: ValueId,
    },
    /// The positive part.
    Relu {
        /// Of what.
        input: ValueId,
    },
    /// The maximum of each square.
    MaxPool {
        /// The squares.
        pool: Pool,
        /// What they cover.
        input: ValueId,
    },
    /// The mean of each of `bins` x `bins` parts of a feature map.
    Average {
        /// Parts per side.
        bins: i64,
        /// What is averaged.
        input: ValueId,
    },
    /// Channels and positions as one row of features.
    Flatten {
        /// Of what.
        input: ValueId,
    },
    /// Units that the method switches.
    Site {
        /// Where.
        site: SiteId,
        /// The units.
        input: ValueId,
        /// What the layer read at which their gates are decided.
        read: ValueId,
    },
    /// Further units that share the gates of a site: the next block of a residual stream.
    SameSite {
        /// The site.
        site: SiteId,
        /// The units.
        input: ValueId,
    },
    /// A sum.
    Add {
        /// One part.
        input: ValueId,
        /// The other.
        other: ValueId,
    },
    /// Every second position, and zeros for new channels before and after the others.
    Thin {
        /// New channels before and after.
        channels: [i64; 2],
        /// What is thinned.
        input: ValueId,
    },
}

impl Operation {
    /// Lists the values that it reads, once for each use.
    pub fn inputs(self) -> impl Iterator<Item = ValueId> {
        let (first, second) = match self {
            Self::Images => (None, None),
            Self::Site { input, read: other, .. } | Self::Add { input, other } => {
                (Some(input), Some(other))
            }
            Self::Layer { input, .. }
            | Self::Norm { input, .. }
            | Self::Relu { input }
            | Self::MaxPool { input, .. }
            | Self::Average { input, .. }
            | Self::Flatten { input }
            | Self::SameSite { input, .. }
            | Self::Thin { input, .. } => (Some(input), None),
        };
        first.into_iter().chain(second)
    }

    /// Returns whether its value may be overwritten once nothing else reads it: no gradient needs
    /// it, and it shares no memory.
    pub(crate) fn may_be_overwritten(self) -> bool {
        matches!(
            self,
            Self::Layer { .. } | Self::Norm { .. } | Self::MaxPool { .. } | Self::Add { .. }
        )
    }
}
