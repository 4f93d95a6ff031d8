//! How sure a few seeds make it that one method is better than another.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

use super::summary::Summary;

/// Computes the probability that the true mean of `differences` by seed is above zero.
///
/// `P(T > -mean / (sd / sqrt(n)))` of Student's t with `n - 1` degrees of freedom. It is the
/// posterior of a mean of normal differences, independent by seed, before whose measurement every
/// mean and every logarithm of the deviation was equally likely (Gelman et al., "Bayesian Data
/// Analysis", 3rd edition, section 3.2). It speaks of the mean over all seeds, not of the share of
/// seeds in which one method wins, and knows nothing of other comparisons. One less
/// the probability is the one-sided p-value of the paired t-test.
///
/// If all differences are equal, 1, 0.5 or 0 by their sign. `None` if there are fewer than two
/// differences or one is not finite.
pub fn probability_of_superiority(differences: &[f64]) -> Option<f64> {
    let (first, rest) = differences.split_first()?;
    if rest.is_empty() || !differences.iter().all(|difference| difference.is_finite()) {
        return None;
    }
    // Compared as they are: the mean of equal numbers may differ from them by rounding.
    if rest.iter().all(|difference| difference == first) {
        return Some(if *first == 0.0 { 0.5 } else { f64::from(*first > 0.0) });
    }
    let summary = Summary::of(differences);
    let count = summary.n as f64;
    let standard_error = summary.standard_deviation? / count.sqrt();
    let distribution = StudentsT::new(0.0, 1.0, count - 1.0).expect("two or more differences");
    Some(distribution.sf(-summary.mean / standard_error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `scipy.stats.t.sf(-mean / (std(ddof=1) / sqrt(n)), n - 1)`.
    #[test]
    fn probabilities_agree_with_scipy() {
        let twelve =
            [0.012, 0.004, -0.003, 0.009, 0.011, 0.002, -0.001, 0.007, 0.005, 0.006, 0.008, -0.004];
        for (differences, expected) in [
            (&[-0.3, 0.1][..], 0.352_416_382_349_566_74),
            (&[0.01, 0.02, 0.03], 0.962_910_049_886_275_7),
            (&[0.01, -0.02, 0.03, 0.04, 0.05], 0.924_527_973_165_491_1),
            (&[-0.01, -0.02, -0.03, -0.02, -0.021], 0.001_552_748_983_113_665_8),
            (&[0.01, 0.011, 0.010_5, 0.010_2], 0.999_990_006_684_979_4),
            (&twelve, 0.994_686_360_198_969),
        ] {
            let found = probability_of_superiority(differences).expect("two or more");
            assert!((found - expected).abs() < 1e-10, "{found} is not {expected}");
        }
    }

    #[test]
    fn both_directions_sum_to_1() {
        let differences = [0.01, -0.02, 0.03, 0.04];
        let forth = probability_of_superiority(&differences).expect("four");
        let back = probability_of_superiority(&differences.map(|difference| -difference));
        assert!((forth + back.expect("four") - 1.0).abs() < 1e-12);
    }

    #[test]
    fn equal_differences_leave_no_doubt() {
        for (difference, expected) in [(0.1, 1.0), (0.0, 0.5), (-0.1, 0.0)] {
            assert_eq!(probability_of_superiority(&[difference; 3]), Some(expected));
        }
        assert_eq!(probability_of_superiority(&[0.0, -0.0]), Some(0.5));
    }

    #[test]
    fn fewer_than_two_finite_differences_say_nothing() {
        for differences in [&[][..], &[0.1], &[0.1, f64::NAN], &[0.1, f64::INFINITY]] {
            assert_eq!(probability_of_superiority(differences), None, "{differences:?}");
        }
    }
}
