//! Random numbers whose bits are the same on every machine.
//!
//! The validation split and generated data are part of the identity of a run. They draw from
//! `SplitMix64`, whose sequence is published: Steele, Lea and Flood, "Fast splittable pseudorandom
//! number generators" (2014).

use rand_xoshiro::{
    SplitMix64,
    rand_core::{Rng, SeedableRng},
};

/// Mixes the bits of `state`: the first number of a generator that starts there.
pub(crate) fn mix(state: u64) -> u64 {
    SplitMix64::seed_from_u64(state).next_u64()
}

/// Returns the generator of a seed, a purpose and a position, independent of all others.
pub(crate) fn generator(seed: u64, purpose: u64, position: u64) -> SplitMix64 {
    SplitMix64::seed_from_u64(mix(mix(mix(seed) ^ purpose) ^ position))
}

/// Draws a number that is uniform in `[0, 1)`.
pub(crate) fn uniform(generator: &mut SplitMix64) -> f64 {
    (generator.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Draws a number that is close to standard normal: the sum of twelve uniform numbers less 6. It
/// needs only additions, so every machine draws the same bits; logarithm and cosine do not promise
/// that.
pub(crate) fn nearly_normal(generator: &mut SplitMix64) -> f64 {
    (0..12).map(|_| uniform(generator)).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_published_numbers() {
        let mut generator = SplitMix64::seed_from_u64(1_234_567);
        let expected =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(expected, [(); 3].map(|()| generator.next_u64()));
        assert_eq!(mix(1_234_567), expected[0]);
    }

    #[test]
    fn nearly_normal_has_mean_0_and_variance_1() {
        let mut generator = generator(0, 0, 0);
        let drawn: Vec<f64> = (0..100_000).map(|_| nearly_normal(&mut generator)).collect();
        let mean = drawn.iter().sum::<f64>() / 1e5;
        let variance = drawn.iter().map(|value| value * value).sum::<f64>() / 1e5;
        // Four standard errors: 1/316 of the mean, sqrt(2)/316 of the variance.
        assert!(mean.abs() < 0.0127, "{mean}");
        assert!((variance - 1.0).abs() < 0.018, "{variance}");
    }
}
