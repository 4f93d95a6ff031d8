//! Random numbers for resampling, the same everywhere and at every call.
//!
//! `SplitMix64`: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
//! A report that is drawn twice from equal results has to show equal intervals to the last bit, so
//! a statistic starts a stream of its own with a seed that stands in its file.

/// A stream of random numbers.
#[derive(Debug)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// 64 independent random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform in `0..n`, but for a bias of less than `n / 2^64`, which no resample can show.
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
