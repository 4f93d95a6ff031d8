//! Whether two quantities order the same examples alike.

/// Computes Spearman's rank correlation of pairs, from -1 (opposite order) to 1 (the same order).
///
/// The correlation of the ranks, where equal values share the average of their ranks, as
/// `scipy.stats.spearmanr`. Source: Spearman, "The proof and measurement of association between two
/// things" (1904). `a` and `b` belong together by index. `None` if there are fewer than two
/// pairs, if one side is constant and so orders nothing, or if a value is NaN.
///
/// # Panics
/// If `a` and `b` differ in length.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    assert_eq!(a.len(), b.len(), "a rank correlation takes pairs");
    let (a, b) = (centred_ranks(a)?, centred_ranks(b)?);
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let scale = (product(&a, &a) * product(&b, &b)).sqrt();
    (scale > 0.0).then(|| (product(&a, &b) / scale).clamp(-1.0, 1.0))
}

/// Returns the ranks less their mean, `(n + 1) / 2` whatever the ties. `None` if a value is NaN.
fn centred_ranks(values: &[f64]) -> Option<Vec<f64>> {
    if values.iter().any(|value| value.is_nan()) {
        return None;
    }
    // Values next to their places: a sort that looks them up by place waits for memory.
    let mut sorted: Vec<(f64, usize)> =
        values.iter().enumerate().map(|(place, value)| (*value, place)).collect();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mean = f64::midpoint(1.0, values.len() as f64);
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in sorted.chunk_by(|a, b| a.0 == b.0) {
        // They hold the ranks from `before + 1` to `before + equal.len()`.
        let rank = before as f64 + f64::midpoint(1.0, equal.len() as f64);
        for (_, place) in equal {
            ranks[*place] = rank - mean;
        }
        before += equal.len();
    }
    Some(ranks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::random::Random;

    fn assert_correlation(a: &[f64], b: &[f64], expected: f64) {
        let found = spearman(a, b).expect("pairs that vary");
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    /// Expected: `scipy.stats.spearmanr(a, b).statistic`.
    #[test]
    fn correlations_agree_with_scipy() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 6.0, 7.0, 8.0, 7.0]);
        assert_correlation(&a, &b, 0.820_782_681_668_123_3);
        let (a, b) = ([0.1, 0.4, 0.4, 0.2, 0.9, 0.4], [3.0, 3.0, 1.0, 2.0, 5.0, 4.0]);
        assert_correlation(&a, &b, 0.492_832_882_906_958);
    }

    /// Expected: the same numbers drawn in Python, `scipy.stats.spearmanr(a, b).statistic`.
    #[test]
    fn ten_thousand_pairs_with_ties_agree_with_scipy() {
        let mut random = Random::new(0);
        let a: Vec<usize> = (0..10_000).map(|_| random.below(1_000)).collect();
        let b: Vec<f64> = a.iter().map(|value| (value / 2 + random.below(300)) as f64).collect();
        let a: Vec<f64> = a.into_iter().map(|value| value as f64).collect();
        assert_correlation(&a, &b, 0.863_470_795_028_535_7);
    }

    #[test]
    fn only_the_order_counts() {
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[0.1, 0.2, 1e9]), Some(1.0));
        assert_eq!(spearman(&[1.0, 2.0, f64::INFINITY], &[3.0, 2.0, 1.0]), Some(-1.0));
    }

    #[test]
    fn zeros_of_either_sign_are_equal() {
        assert_eq!(spearman(&[-0.0, 0.0, 1.0], &[2.0, 2.0, 3.0]), Some(1.0));
        assert_eq!(spearman(&[-0.0, 0.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn what_orders_nothing_has_no_correlation() {
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(spearman(&[1.0, 2.0, f64::NAN], &[1.0, 2.0, 3.0]), None);
        assert_eq!((spearman(&[1.0], &[1.0]), spearman(&[], &[])), (None, None));
    }

    #[test]
    #[should_panic(expected = "a rank correlation takes pairs")]
    fn values_without_a_partner_are_refused() {
        let _ = spearman(&[1.0, 2.0], &[1.0]);
    }
}
