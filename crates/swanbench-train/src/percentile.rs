//! Percentiles of what single examples cost.

/// Returns the value below which the share `rank` of `sorted` lies, interpolated linearly, as NumPy
/// does by default. `sorted` is ascending and not empty.
pub fn percentile(sorted: &[f64], rank: f64) -> f64 {
    let position = rank * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (position - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `numpy.percentile([1, 2, 4, 8], [0, 5, 50, 95, 100])`
    #[test]
    fn it_agrees_with_numpy() {
        let values =
            [0.0, 0.05, 0.5, 0.95, 1.0].map(|rank| percentile(&[1.0, 2.0, 4.0, 8.0], rank));
        for (value, expected) in values.iter().zip([1.0, 1.15, 3.0, 7.4, 8.0]) {
            assert!((value - expected).abs() < 1e-12, "{value} against {expected}");
        }
        assert_eq!(percentile(&[3.0], 0.95), 3.0);
    }
}
