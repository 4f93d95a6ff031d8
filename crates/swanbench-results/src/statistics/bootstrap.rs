//! Intervals of statistics that have no formula, by drawing the seeds again.

use swanbench_spec::quantile;

use super::random::Random;

/// How many resamples represent all of them. The level of each bound then has a standard error of
/// `sqrt(0.025 * 0.975 / 2000)`, a third of a percentage point. That is little beside the error of
/// the method itself at a few seeds, and a statistic of a millisecond takes two seconds.
const RESAMPLES: usize = 2_000;

/// Where the stream of random resamples starts: an arbitrary number that never changes.
const SEED: u64 = 0;

/// Computes the 95% percentile interval of a statistic of `n` seeds.
///
/// Source: Efron, "Bootstrap methods: another look at the jackknife" (1979). `statistic` gets `n`
/// indices in `0..n`, drawn with replacement, and computes itself from the seeds they name; where
/// it reads several quantities by the same indices, they stay paired by seed. The bounds are the
/// 2.5% and 97.5% quantiles of its values, as [`quantile`] interpolates. Values that are NaN are
/// left out, so a statistic may say that it does not exist in a resample; the interval is then that
/// of the resamples in which it does.
///
/// Where there are at most 2,000 resamples, that is for up to 4 seeds, each is taken once and
/// nothing is random. Otherwise 2,000 are drawn, at every call the same.
///
/// `None` if there are fewer than two seeds or every value is NaN. At a few seeds the interval is too
/// narrow: use it where [`Summary`](super::Summary) with Student's t does not apply, not for means.
pub fn bootstrap_95(n: usize, mut statistic: impl FnMut(&[usize]) -> f64) -> Option<(f64, f64)> {
    if n < 2 {
        return None;
    }
    let mut drawn = vec![0; n];
    let mut values = Vec::with_capacity(RESAMPLES);
    if let Some(total) = few_enough(n) {
        for number in 0..total {
            let mut rest = number;
            for index in &mut drawn {
                *index = rest % n;
                rest /= n;
            }
            values.push(statistic(&drawn));
        }
    } else {
        let mut random = Random::new(SEED);
        for _ in 0..RESAMPLES {
            drawn.fill_with(|| random.below(n));
            values.push(statistic(&drawn));
        }
    }
    values.retain(|value| !value.is_nan());
    values.sort_unstable_by(f64::total_cmp);
    (!values.is_empty()).then(|| (quantile(&values, 0.025), quantile(&values, 0.975)))
}

/// Returns the number of ordered resamples, `n^n`. `None` if they are too many to take all.
fn few_enough(n: usize) -> Option<usize> {
    n.checked_pow(u32::try_from(n).ok()?).filter(|total| *total <= RESAMPLES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: [f64; 10] = [0.912, 0.913, 0.905, 0.921, 0.917, 0.908, 0.911, 0.915, 0.909, 0.914];

    fn mean(values: &[f64], drawn: &[usize]) -> f64 {
        drawn.iter().map(|index| values[*index]).sum::<f64>() / drawn.len() as f64
    }

    fn assert_interval(found: Option<(f64, f64)>, expected: (f64, f64)) {
        let found = found.expect("two or more seeds");
        let error = (found.0 - expected.0).abs().max((found.1 - expected.1).abs());
        assert!(error < 1e-12, "{found:?} is not {expected:?}");
    }

    /// Expected: `numpy.percentile([numpy.mean(drawn) for drawn in itertools.product(values,
    /// repeat=len(values))], [2.5, 97.5])`.
    #[test]
    fn up_to_four_seeds_take_every_resample() {
        let values = [0.941, 0.946, 0.949];
        let interval = bootstrap_95(3, |drawn| mean(&values, drawn));
        assert_interval(interval, (0.942_083_333_333_333_3, 0.948_35));
        let values = [1.0, 2.0, 4.0, 8.0];
        assert_interval(bootstrap_95(4, |drawn| mean(&values, drawn)), (1.5, 6.5));
        for (n, expected) in [(2, 4), (3, 27), (4, 256), (5, 2_000)] {
            let mut count = 0;
            let _ = bootstrap_95(n, |_| {
                count += 1;
                0.0
            });
            assert_eq!(count, expected, "resamples of {n} seeds");
        }
    }

    /// Expected: as above, of `sum(a) / sum(b)` over the same four indices.
    #[test]
    fn two_quantities_stay_paired_by_seed() {
        let (a, b) = ([1.0, 2.0, 4.0, 8.0], [1.5, 1.0, 3.0, 9.0]);
        let ratio = bootstrap_95(4, |drawn| mean(&a, drawn) / mean(&b, drawn));
        assert_interval(ratio, (6.0 / 7.0, 14.0 / 9.0));
    }

    /// Expected: `scipy.stats.bootstrap((values,), numpy.mean, method='percentile',
    /// n_resamples=1000000, rng=0)`, (0.9098, 0.9152), within the noise of 2,000 resamples.
    #[test]
    fn ten_seeds_agree_with_scipy() {
        let (low, high) = bootstrap_95(10, |drawn| mean(&TEN, drawn)).expect("ten seeds");
        assert!((low - 0.9098).abs() < 3e-4 && (high - 0.9152).abs() < 3e-4, "{low} to {high}");
    }

    /// Expected: the generator and the resampling written in Python, `numpy.percentile(means,
    /// [2.5, 97.5])`. It is the interval of every report, and must not change.
    #[test]
    fn random_resamples_never_change() {
        let interval = bootstrap_95(10, |drawn| mean(&TEN, drawn));
        assert_interval(interval, (0.91, 0.9151));
    }

    #[test]
    fn resamples_without_the_statistic_are_left_out() {
        // The mean of the resamples of two seeds that name both: two of four, and equal.
        let both = |drawn: &[usize]| {
            if drawn[0] == drawn[1] { f64::NAN } else { mean(&[1.0, 2.0], drawn) }
        };
        assert_eq!(bootstrap_95(2, both), Some((1.5, 1.5)));
        assert_eq!(bootstrap_95(2, |_| f64::NAN), None);
    }

    #[test]
    fn fewer_than_two_seeds_have_no_interval() {
        assert_eq!((bootstrap_95(0, |_| 1.0), bootstrap_95(1, |_| 1.0)), (None, None));
    }
}
