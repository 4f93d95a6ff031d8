//! Random streams by purpose.
//!
//! Each purpose draws from a stream of its own, derived from the run's one seed. Initial weights
//! and data order therefore do not depend on the method, and comparisons between methods are
//! paired by seed.

use swanbench_torch::{Generator, TorchError};
use tch::Device;

/// What random numbers are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedStream {
    /// The model's initial parameters.
    Init,
    /// The order of the training examples.
    Order,
    /// Whatever a method draws: gates, masks, scores.
    MethodDef,
    /// Crops and flips of the training images.
    Augment,
    /// Gates that replace a method's own in an evaluation.
    Control,
}

impl SeedStream {
    /// The stream's own seed under the run's seed.
    #[must_use]
    pub fn seed(self, run_seed: u64) -> u64 {
        let purpose = match self {
            Self::Init => 1,
            Self::Order => 2,
            Self::MethodDef => 3,
            Self::Augment => 4,
            Self::Control => 5,
        };
        mix(mix(run_seed).wrapping_add(purpose))
    }

    /// A generator at the start of the stream.
    ///
    /// # Errors
    /// If the device has no generators.
    pub fn generator(self, run_seed: u64, device: Device) -> Result<Generator, TorchError> {
        Generator::new(device, self.seed(run_seed))
    }
}

/// The output function of SplitMix64 (Steele, Lea and Flood 2014): neighbouring seeds give
/// unrelated streams.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn purposes_and_seeds_never_share_a_stream() {
        let streams = [
            SeedStream::Init,
            SeedStream::Order,
            SeedStream::MethodDef,
            SeedStream::Augment,
            SeedStream::Control,
        ];
        let seeds: HashSet<u64> =
            (0..1000).flat_map(|seed| streams.map(|stream| stream.seed(seed))).collect();
        assert_eq!(seeds.len(), 5000);
    }

    /// The reference sequence of SplitMix64 from seed 0.
    #[test]
    fn the_mixer_is_splitmix64() {
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mix(0x9e37_79b9_7f4a_7c15), 0x6e78_9e6a_a1b9_65f4);
    }
}
