//! Random streams by purpose.
//!
//! Each purpose draws from a stream of its own, derived from the run's one seed. Initial weights
//! and data order therefore do not depend on the method, and comparisons between methods are
//! paired by seed.

use rand_xoshiro::{
    SplitMix64,
    rand_core::{Rng, SeedableRng},
};
use swanbench_torch::{Generator, TorchError};
use tch::Device;

/// The purpose of random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedStream {
    /// The model's initial parameters.
    Init = 1,
    /// The order of the training examples.
    Order = 2,
    /// All that a method draws: gates, masks, scores.
    Method = 3,
    /// Crops and flips of the training images.
    Augment = 4,
    /// Gates that replace a method's own in an evaluation.
    Control = 5,
}

impl SeedStream {
    /// Returns the stream's own seed under the run's seed.
    pub fn seed(self, run_seed: u64) -> u64 {
        // SplitMix64 makes unrelated streams of neighbouring seeds.
        let mix = |seed| SplitMix64::seed_from_u64(seed).next_u64();
        mix(mix(run_seed).wrapping_add(self as u64))
    }

    /// Creates a generator at the start of the stream.
    ///
    /// Returns an error if the device has no generators.
    pub fn generator(self, run_seed: u64, device: Device) -> Result<Generator, TorchError> {
        Generator::new(device, self.seed(run_seed))
    }
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
            SeedStream::Method,
            SeedStream::Augment,
            SeedStream::Control,
        ];
        let seeds: HashSet<u64> =
            (0..1000).flat_map(|seed| streams.map(|stream| stream.seed(seed))).collect();
        assert_eq!(seeds.len(), 5000);
    }

    /// Another seed would change the bits of every run.
    #[test]
    fn seeds_of_streams_stay_as_they_are() {
        assert_eq!(SeedStream::Init.seed(0), 0x2a98_f501_af37_e97f);
        assert_eq!(SeedStream::Control.seed(7), 0xd6a4_ec19_6a40_61af);
    }
}
