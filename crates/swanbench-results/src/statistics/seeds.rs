//! How many seeds a comparison still needs.

use super::summary::{Summary, student_t_95};

/// More seeds than this nobody trains; what asks for more is not decided by seeds.
const MOST: usize = 10_000;

/// Computes how many more paired seeds it takes until the 95% interval of the mean difference reaches at most
/// `half_width` to either side, if the standard deviation stays what it is.
///
/// The smallest `n` with `t(n - 1) * sd / sqrt(n) <= half_width`, less the seeds there are; 0 where
/// they suffice. `half_width` has the unit of `differences`; with the absolute mean difference it
/// asks what would decide the sign. The deviation of a few seeds is itself uncertain, and this
/// counts on no luck with the next ones, so take it as the order of magnitude.
///
/// `None` if there are fewer than two differences or one is not finite, if the half width is not
/// above zero, or if more than 10,000 further seeds are needed.
pub fn more_seeds_needed(differences: &[f64], half_width: f64) -> Option<usize> {
    let Summary { n, standard_deviation, .. } = Summary::of(differences);
    let deviation = standard_deviation.filter(|deviation| deviation.is_finite())?;
    let suffices = |more: usize| {
        let seeds = n + more;
        student_t_95(seeds)
            .is_some_and(|quantile| quantile * deviation / (seeds as f64).sqrt() <= half_width)
    };
    if half_width <= 0.0 || !suffices(MOST) {
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

    /// Expected: `n` counted up from `len(differences)` while `scipy.stats.t.ppf(0.975, n - 1) *
    /// numpy.std(differences, ddof=1) / numpy.sqrt(n) > half_width`.
    #[test]
    fn numbers_agree_with_a_search_in_scipy() {
        let three = [0.01, 0.02, 0.03];
        for (differences, half_width, expected) in [
            (&three[..], 0.03, 0),
            (&three, 0.02, 1),
            (&three, 0.01, 4),
            (&three, 0.001, 384),
            (&[0.01, -0.02, 0.03, 0.04, 0.05], 0.022, 4),
            (&[-0.3, 0.1], 0.1, 32),
            (&[-0.3, 0.1], 0.01, 3_074),
            (&[-0.3, 0.1], 0.005_58, 9_871),
        ] {
            assert_eq!(more_seeds_needed(differences, half_width), Some(expected), "{half_width}");
        }
    }

    /// Expected: as above, 10,160.
    #[test]
    fn more_than_10_000_are_not_counted() {
        assert_eq!(more_seeds_needed(&[-0.3, 0.1], 0.005_5), None);
    }

    #[test]
    fn equal_differences_suffice() {
        assert_eq!(more_seeds_needed(&[0.5, 0.5], 1e-6), Some(0));
    }

    #[test]
    fn an_interval_without_width_is_never_reached() {
        assert_eq!(
            [0.0, -0.1, f64::NAN].map(|half_width| more_seeds_needed(&[0.5, 0.5], half_width)),
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
