//! How many seeds a comparison still needs.

use super::summary::{Summary, student_t};

/// The probability of finding the difference, if it is there.
const POWER: f64 = 0.8;

/// More seeds than this nobody trains; what asks for more is not decided by seeds.
const MOST: usize = 10_000;

/// Computes how many more paired seeds it takes to tell a mean difference of `distance` from zero, at
/// the level of 5% and with a power of 80%, if the standard deviation stays what it is.
///
/// The smallest `n` with `(t_0.975(n - 1) + t_0.8(n - 1)) * sd / sqrt(n) <= distance`, less the seeds
/// there are; 0 where they suffice. `distance` has the unit of `differences`. The deviation of a few
/// seeds is itself uncertain, so take it as the order of magnitude.
///
/// `None` if there are fewer than two differences or one is not finite, if the distance is not above
/// zero, or if more than 10,000 further seeds are needed.
pub fn more_seeds_needed(differences: &[f64], distance: f64) -> Option<usize> {
    let Summary { n, standard_deviation, .. } = Summary::of(differences);
    let deviation = standard_deviation.filter(|deviation| deviation.is_finite())?;
    let suffices = |more: usize| {
        let seeds = n + more;
        let quantiles = student_t(seeds, 0.975).zip(student_t(seeds, POWER));
        quantiles.is_some_and(|(level, power)| {
            (level + power) * deviation / (seeds as f64).sqrt() <= distance
        })
    };
    if distance <= 0.0 || !suffices(MOST) {
        return None;
    }
    // Quantile and standard error both fall with every seed, so the smallest number is found by
    // halving what is left.
    let (mut too_few, mut enough) = (0, MOST);
    if suffices(too_few) {
        return Some(0);
    }
    while enough - too_few > 1 {
        let middle = usize::midpoint(too_few, enough);
        if suffices(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    Some(enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `n` counted up from `len(differences)` while `(scipy.stats.t.ppf(0.975, n - 1) +
    /// scipy.stats.t.ppf(0.8, n - 1)) * numpy.std(differences, ddof=1) / numpy.sqrt(n) > distance`.
    #[test]
    fn numbers_agree_with_a_search_in_scipy() {
        let three = [0.01, 0.02, 0.03];
        for (differences, distance, expected) in [
            (&three[..], 0.03, 1),
            (&three, 0.02, 2),
            (&three, 0.01, 7),
            (&three, 0.001, 784),
            (&[0.01, -0.02, 0.03, 0.04, 0.05], 0.022, 10),
            (&[-0.3, 0.1], 0.1, 63),
            (&[-0.3, 0.1], 0.01, 6_280),
            (&[-0.3, 0.1], 0.008_1, 9_571),
        ] {
            assert_eq!(more_seeds_needed(differences, distance), Some(expected), "{distance}");
        }
    }

    #[test]
    fn more_than_10_000_are_not_counted() {
        assert_eq!(more_seeds_needed(&[-0.3, 0.1], 0.007_9), None);
    }

    #[test]
    fn equal_differences_suffice() {
        assert_eq!(more_seeds_needed(&[0.5, 0.5], 1e-6), Some(0));
    }

    #[test]
    fn no_distance_is_never_told_from_zero() {
        assert_eq!(
            [0.0, -0.1, f64::NAN].map(|distance| more_seeds_needed(&[0.5, 0.5], distance)),
            [None; 3]
        );
    }

    #[test]
    fn too_few_differences_have_no_deviation() {
        for differences in [&[][..], &[0.1], &[0.1, f64::NAN]] {
            assert_eq!(more_seeds_needed(differences, 0.1), None, "{differences:?}");
        }
    }
}
