//! Random numbers for resampling, the same everywhere and at every call.
//!
//! A report that is drawn twice from equal results has to show equal intervals to the last bit, so
//! a statistic starts a stream of its own with a seed that is written in its file.

use rand_xoshiro::{
    SplitMix64,
    rand_core::{Rng as _, SeedableRng as _},
};

/// A stream of random numbers by `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014).
#[derive(Debug)]
pub(super) struct Random(SplitMix64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(SplitMix64::from_seed(seed.to_le_bytes()))
    }

    /// Draws 64 independent random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Draws a number uniform in `0..n`, but for a bias of less than `n / 2^64`, which no resample can show.
    ///
    /// Source: the product without the rejection of Lemire, "Fast random integer generation in an
    /// interval" (2019).
    pub(super) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_published_numbers() {
        let mut random = Random::new(1_234_567);
        let expected =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([random.bits(), random.bits(), random.bits()], expected);
    }

    #[test]
    fn indices_are_uniform() {
        let mut random = Random::new(0);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[random.below(7)] += 1;
        }
        // Four standard deviations of a binomial count: sqrt(70000 / 7 * 6 / 7) = 92.6.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 371), "{counts:?}");
    }
}
