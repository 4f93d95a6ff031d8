//! Several hypotheses tested at once.

/// Adjusts p-values by Holm's step-down method, in the order given.
///
/// Rejecting where an adjusted value is at most `alpha` keeps the probability of even one false
/// rejection among them at most `alpha`, whatever their dependence. Source: Holm, "A simple
/// sequentially rejective multiple test procedure" (1979). Of `m` values the smallest is multiplied
/// by `m`, the next by `m - 1`, and so on; none becomes smaller than one before it, and none exceeds
/// 1. A value that is NaN is a test that was not made: it stays NaN and `m` leaves it out.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> =
        (0..p_values.len()).filter(|index| !p_values[*index].is_nan()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![f64::NAN; p_values.len()];
    let mut least = 0.0_f64;
    for (place, index) in order.iter().enumerate() {
        let hypotheses_left = (order.len() - place) as f64;
        least = least.max((hypotheses_left * p_values[*index]).min(1.0));
        adjusted[*index] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_adjusted(p_values: &[f64], expected: &[f64]) {
        let found = holm(p_values);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    /// By hand: 4 * 0.005, then 3 * 0.01, then 2 * 0.03, and 0.04 not below the one before it.
    #[test]
    fn values_are_adjusted_in_the_order_given() {
        assert_adjusted(&[0.01, 0.04, 0.03, 0.005], &[0.03, 0.06, 0.06, 0.02]);
    }

    #[test]
    fn nothing_exceeds_1() {
        assert_adjusted(&[0.4, 0.9, 0.6], &[1.0, 1.0, 1.0]);
    }

    #[test]
    fn equal_values_are_adjusted_equally() {
        assert_adjusted(&[0.0625, 0.25, 0.0625], &[0.1875, 0.25, 0.1875]);
    }

    #[test]
    fn tests_that_were_not_made_do_not_count() {
        let found = holm(&[0.02, f64::NAN, 0.03]);
        assert_eq!((found[0], found[2]), (0.04, 0.04));
        assert!(found[1].is_nan());
    }

    #[test]
    fn a_single_test_stays_as_it_is() {
        assert_eq!(holm(&[0.03]), [0.03]);
        assert!(holm(&[]).is_empty());
    }
}
