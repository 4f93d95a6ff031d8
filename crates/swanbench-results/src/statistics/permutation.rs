//! Whether differences between paired seeds could be chance.

use std::array;

use super::random::Random;

/// Up to this many differences every assignment of signs is tried, `2^13`.
const EXACT: usize = 13;

/// How many assignments are drawn if there are more. With the observed one they are `2^13`, so the
/// least p stays that of the exact test.
const DRAWN: usize = (1 << EXACT) - 1;

/// Where the stream of random signs starts: an arbitrary number that never changes.
const SEED: u64 = 1;

/// Computes the two-sided p-value of the paired permutation test: the share of assignments of signs to
/// `differences` whose mean lies as far from zero as the observed one, or farther.
///
/// `differences` has one value per seed, what one method gained over the other. The null
/// hypothesis is that their signs are arbitrary: that each difference is as likely as its negative.
/// Source: Fisher, "The Design of Experiments" (1935), section 21. Exact for up to 13 differences,
/// as `scipy.stats.permutation_test((differences,), numpy.mean, permutation_type='samples',
/// n_resamples=inf)`. Beyond, 8,191 assignments are drawn, at every call the same, and the observed
/// one counts with them: `(count + 1) / 8192` (Phipson and Smyth, "Permutation p-values should
/// never be zero", 2010). Means that are equal but for rounding count as equally far.
///
/// `None` if there are fewer than two differences or one is not finite.
pub fn paired_permutation(differences: &[f64]) -> Option<f64> {
    let n = differences.len();
    if n < 2 || !differences.iter().all(|difference| difference.is_finite()) {
        return None;
    }
    let observed = differences.iter().sum::<f64>().abs();
    // Twice the bound of the rounding error of a sum: both sums that are compared have one.
    let size: f64 = differences.iter().map(|difference| difference.abs()).sum();
    let least = observed - 2.0 * n as f64 * f64::EPSILON * size;
    if n > EXACT {
        let count = drawn_as_extreme(differences, least);
        return Some((count + 1) as f64 / (DRAWN + 1) as f64);
    }
    // An assignment and its opposite are equally far, so the last sign can stay as it is.
    let assignments = 1_u64 << (n - 1);
    let sums = signed_sums(differences);
    let count = (0..assignments).filter(|signs| sum(&sums, *signs).abs() >= least).count();
    Some(count as f64 / assignments as f64)
}

/// Returns the smallest p-value that [`paired_permutation`] can return for `n` seeds: `2 / 2^n`, as many as
/// there are assignments in which all differences have the same sign, and no less than `1 / 8192`,
/// where assignments are drawn. A test at a level below it can never reject; 1 for fewer than two.
pub fn least_p(n: usize) -> f64 {
    0.5_f64.powi(n.saturating_sub(1).min(EXACT) as i32)
}

/// Counts the drawn assignments that have a sum of at least `least`, on either side.
fn drawn_as_extreme(differences: &[f64], least: f64) -> usize {
    let mut random = Random::new(SEED);
    let sums = signed_sums(differences);
    let mut total = || -> f64 { sums.chunks(8).map(|chunk| sum(chunk, random.bits())).sum() };
    (0..DRAWN).filter(|_| total().abs() >= least).count()
}

/// Returns for every eight differences the sums of all assignments of signs to them: those are negated
/// whose bit in the place of the sum is set. A table saves eight additions for each assignment.
fn signed_sums(differences: &[f64]) -> Vec<[f64; 256]> {
    let signed = |chunk: &[f64], signs: usize| -> f64 {
        let each = chunk.iter().enumerate();
        each.map(|(index, one)| if signs >> index & 1 == 1 { -one } else { *one }).sum()
    };
    differences.chunks(8).map(|chunk| array::from_fn(|signs| signed(chunk, signs))).collect()
}

/// Sums the differences of at most eight tables, those negated whose bit in `signs` is set.
fn sum(tables: &[[f64; 256]], signs: u64) -> f64 {
    let bytes = signs.to_le_bytes();
    tables.iter().zip(bytes).map(|(sums, signs)| sums[usize::from(signs)]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `scipy.stats.permutation_test((differences,), numpy.mean,
    /// permutation_type='samples', n_resamples=numpy.inf).pvalue`.
    #[test]
    fn p_values_agree_with_scipy() {
        let twelve =
            [0.012, 0.004, -0.003, 0.009, 0.011, 0.002, -0.001, 0.007, 0.005, 0.006, 0.008, -0.004];
        for (differences, expected) in [
            (&[0.01, 0.02, 0.03][..], 0.25),
            (&[0.1, 0.2, 0.3, 0.3], 0.125),
            (&[0.01, -0.02, 0.03, 0.04, 0.05], 0.1875),
            (&[0.1, 0.1, -0.1, 0.1, 0.1, 0.1], 0.21875),
            (&twelve, 0.015_625),
            (&[0.0, 0.0, 0.0], 1.0),
        ] {
            assert_eq!(paired_permutation(differences), Some(expected), "{differences:?}");
        }
    }

    #[test]
    fn sums_that_differ_by_rounding_are_equally_extreme() {
        // Zero in decimals; in floats -0.2 - 0.1 + 0.3 is 5.6e-17 away from it.
        assert_eq!(paired_permutation(&[-0.2, -0.1, 0.3]), Some(1.0));
        // 0.3 in decimals. Of the first three, 2 of 8 sums are 0.3 off zero and the others 0.1; of
        // the last two, 2 of 4 are 0.3 off and the others 0. As far: 1/8 by 0.3 and 0, 1/16 by 0.3
        // and 0.3, 3/16 by 0.1 and 0.3. scipy.stats.permutation_test says 0.375 too.
        assert_eq!(paired_permutation(&[0.1, 0.1, 0.1, 0.15, -0.15]), Some(0.375));
    }

    #[test]
    fn which_method_comes_first_makes_no_difference() {
        let differences = [0.01, -0.02, 0.03, 0.04, 0.05];
        assert_eq!(
            paired_permutation(&differences),
            paired_permutation(&differences.map(|difference| -difference))
        );
    }

    /// Expected: all `2^20` assignments in NumPy, 0.276533; three standard errors of the drawn ones.
    #[test]
    fn drawn_assignments_come_close_to_all() {
        let twenty = [
            0.005, 0.003, 0.01, 0.005, -0.001, 0.008, 0.017, 0.013, -0.003, -0.009, -0.002, 0.004,
            -0.019, 0.002, -0.008, -0.003, -0.001, 0.001, 0.008, 0.014,
        ];
        let p = paired_permutation(&twenty).expect("twenty differences");
        assert!((p - 0.276_533).abs() < 3.0 * (0.2765_f64 * 0.7235 / 8_192.0).sqrt(), "{p}");
    }

    #[test]
    fn more_than_64_differences_have_signs_of_their_own() {
        // Of 100 equal differences with 60 positive, the sum is 20: two standard deviations of
        // 100 signs. Expected: 2 * scipy.stats.binom.sf(59, 100, 0.5) = 0.056888.
        let mut differences = [1.0; 100];
        differences[60..].fill(-1.0);
        let p = paired_permutation(&differences).expect("a hundred differences");
        assert!((p - 0.056_888).abs() < 0.003, "{p}");
    }

    #[test]
    fn differences_of_one_sign_have_the_least_p() {
        assert_eq!([0, 1, 2, 3, 5].map(least_p), [1.0, 1.0, 0.5, 0.25, 0.0625]);
        for n in [2, 3, 8, 13] {
            assert_eq!(paired_permutation(&vec![0.01; n]), Some(least_p(n)), "{n} seeds");
        }
        assert_eq!((least_p(17), least_p(1_000)), (1.0 / 8_192.0, 1.0 / 8_192.0));
        assert_eq!(paired_permutation(&[0.01; 60]), Some(least_p(60)));
    }

    #[test]
    fn too_few_differences_cannot_be_tested() {
        assert_eq!((paired_permutation(&[]), paired_permutation(&[0.1])), (None, None));
        assert_eq!(paired_permutation(&[0.1, f64::NAN, 0.2]), None);
    }
}
