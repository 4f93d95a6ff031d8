//! Quantiles of sorted values.

/// Returns the value below which the given share of `sorted` lies, by linear interpolation between
/// the two neighbours of place `share * (n - 1)`, as `numpy.quantile` does by default (type 7 of
/// Hyndman and Fan, "Sample quantiles in statistical packages", 1996).
///
/// `sorted` ascends and holds no NaN. A share below 0 counts as 0 and one above 1 as 1. NaN if
/// there is no value.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let beyond = place - place.floor();
    // Zero times an infinite difference would be NaN, and so would be the sum of two infinities.
    if beyond == 0.0 || low == high || low.is_infinite() {
        return low;
    }
    low + (high - low) * beyond
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `numpy.quantile(values, share)`.
    #[test]
    fn quantiles_agree_with_numpy() {
        const VALUES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0];
        let infinite = [f64::NEG_INFINITY, f64::NEG_INFINITY, 1.0, f64::INFINITY];
        for (values, share, expected) in [
            (VALUES, 0.0, 1.0),
            (VALUES, 0.025, 1.1),
            (VALUES, 0.25, 2.0),
            (VALUES, 0.3, 2.4),
            (VALUES, 0.5, 4.0),
            (VALUES, 0.975, 15.2),
            (VALUES, 1.0, 16.0),
            (&VALUES[..4], 0.05, 1.15),
            (&VALUES[..4], 0.5, 3.0),
            (&VALUES[..4], 0.95, 7.4),
            (&VALUES[..2], -0.5, 1.0),
            (&VALUES[..2], 1.5, 2.0),
            (&VALUES[..1], 0.4, 1.0),
            (&infinite, 2.0 / 3.0, 1.0),
            (&infinite, 0.1, f64::NEG_INFINITY),
            (&infinite, 0.5, f64::NEG_INFINITY),
        ] {
            let found = quantile(values, share);
            assert!(found == expected || (found - expected).abs() < 1e-12, "{found}, {expected}");
        }
        assert!(quantile(&[], 0.5).is_nan());
    }
}
