//! `SplitMix64`, a small generator whose output is the same everywhere.
//!
//! Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014). It hides
//! nothing and needs no library, which is what the validation split and generated data ask for:
//! both are part of the identity of a run.

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// A well-mixed function of `state`: the first number of a generator that starts there.
pub(crate) fn mix(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(GOLDEN_GAMMA);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub(crate) struct SplitMix {
    state: u64,
}

impl SplitMix {
    /// The stream of a seed, a purpose and a position, independent of all others.
    pub(crate) fn new(seed: u64, purpose: u64, position: u64) -> Self {
        Self { state: mix(mix(mix(seed) ^ purpose) ^ position) }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        let bits = mix(self.state);
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        bits
    }

    /// Uniform in `[0, 1)`.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Close to the standard normal: the sum of twelve uniform numbers less 6. It takes nothing but
    /// additions, so that every machine draws the same bits; logarithm and cosine do not promise that.
    pub(crate) fn nearly_normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_published_numbers() {
        let mut stream = SplitMix { state: 1_234_567 };
        let expected =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([stream.bits(), stream.bits(), stream.bits()], expected);
    }

    #[test]
    fn nearly_normal_numbers_have_mean_0_and_variance_1() {
        let mut stream = SplitMix::new(0, 0, 0);
        let drawn: Vec<f64> = (0..100_000).map(|_| stream.nearly_normal()).collect();
        let mean = drawn.iter().sum::<f64>() / 1e5;
        let variance = drawn.iter().map(|value| value * value).sum::<f64>() / 1e5;
        // Four standard errors: 1/316 of the mean, sqrt(2)/316 of the variance.
        assert!(mean.abs() < 0.0127, "{mean}");
        assert!((variance - 1.0).abs() < 0.018, "{variance}");
    }
}
