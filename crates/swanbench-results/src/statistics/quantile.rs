//! Quantiles of sorted values.

/// The value below which the given share of `sorted` lies, by linear interpolation between the two
/// neighbours of place `share * (n - 1)`, as `numpy.quantile` does it by default (type 7 of Hyndman
/// and Fan, "Sample quantiles in statistical packages", 1996).
///
/// `sorted` rises and holds no NaN. A share below 0 counts as 0 and one above 1 as 1; NaN where
/// there is no value.
#[must_use]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let beyond = place - place.floor();
    // Zero times an infinite neighbour would be NaN, and so would be `low + beyond * (high - low)`
    // where `low` is infinite.
    if beyond == 0.0 || low == high { low } else { (1.0 - beyond) * low + beyond * high }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `numpy.quantile([1, 2, 4, 8, 16], share)`.
    #[test]
    fn quantiles_agree_with_numpy() {
        for (share, expected) in [
            (0.0, 1.0),
            (0.025, 1.1),
            (0.25, 2.0),
            (0.3, 2.4),
            (0.5, 4.0),
            (0.975, 15.2),
            (1.0, 16.0),
        ] {
            let found = quantile(&[1.0, 2.0, 4.0, 8.0, 16.0], share);
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    #[test]
    fn the_only_value_is_every_quantile() {
        assert_eq!([0.0, 0.4, 1.0].map(|share| quantile(&[0.9], share)), [0.9; 3]);
    }

    #[test]
    fn infinite_neighbours_leave_finite_values_alone() {
        let values = [f64::NEG_INFINITY, f64::NEG_INFINITY, 1.0, f64::INFINITY];
        assert_eq!(quantile(&values, 2.0 / 3.0), 1.0);
        assert_eq!([0.1, 0.5].map(|share| quantile(&values, share)), [f64::NEG_INFINITY; 2]);
    }

    #[test]
    fn shares_beyond_the_ends_are_the_ends() {
        assert_eq!((quantile(&[1.0, 2.0], -0.5), quantile(&[1.0, 2.0], 1.5)), (1.0, 2.0));
    }

    #[test]
    fn no_values_have_no_quantile() {
        assert!(quantile(&[], 0.5).is_nan());
    }
}
