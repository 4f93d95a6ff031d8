//! Mean, spread and interval of one quantity over seeds.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// A sample of independent runs in four numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// How many values there were.
    pub n: usize,
    /// Arithmetic mean; NaN if there is no value or one of them is NaN.
    pub mean: f64,
    /// Sample standard deviation (n - 1). `None` if there are fewer than two values.
    pub standard_deviation: Option<f64>,
    /// Half the width of the 95% interval of the mean by Student's t, `t * sd / sqrt(n)`. `None` if
    /// there are fewer than two values.
    ///
    /// Not a bootstrap: of three seeds its 95% interval reaches from the smallest to the largest
    /// value, which misses the true mean of symmetric values in one of four cases.
    pub half_width: Option<f64>,
    /// The smallest and the largest value.
    pub range: (f64, f64),
}

impl Summary {
    /// Summarises `values`, in any order.
    pub fn of(values: &[f64]) -> Self {
        let n = values.len();
        let count = n as f64;
        let mean = values.iter().sum::<f64>() / count;
        let standard_deviation = (n > 1).then(|| {
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            (squares / (count - 1.0)).sqrt()
        });
        let half_width = standard_deviation
            .zip(student_t_95(n))
            .map(|(deviation, quantile)| quantile * deviation / count.sqrt());
        let range = (
            values.iter().copied().fold(f64::INFINITY, f64::min),
            values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        );
        Self { n, mean, standard_deviation, half_width, range }
    }

    /// Returns the bounds of the interval, `mean - half_width` and `mean + half_width`.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.half_width.map(|half_width| (self.mean - half_width, self.mean + half_width))
    }

    /// Returns the bounds for values in `[0, 1]`: those of the interval or, where it would leave
    /// `[0, 1]`, the smallest and the largest value. Then few seeds differ so much that Student's t
    /// says nothing about their mean.
    pub fn interval_of_shares(&self) -> Option<(f64, f64)> {
        let interval = self.interval()?;
        Some(if are_shares(interval) { interval } else { self.range })
    }

    /// Returns half the width of the interval. `None` if [`Summary::interval_of_shares`] is the range
    /// of the values.
    pub fn half_width_of_shares(&self) -> Option<f64> {
        self.half_width.filter(|_| self.interval().is_some_and(are_shares))
    }
}

fn are_shares((low, high): (f64, f64)) -> bool {
    low >= 0.0 && high <= 1.0
}

/// Returns the 97.5% quantile of Student's t with `n - 1` degrees of freedom: how many standard
/// errors the 95% interval of a mean of `n` values reaches to either side. `None` if there are fewer
/// than two values.
pub fn student_t_95(n: usize) -> Option<f64> {
    student_t(n, 0.975)
}

/// Returns the quantile of Student's t with `n - 1` degrees of freedom. `None` if there are fewer than
/// two values.
pub(super) fn student_t(n: usize, probability: f64) -> Option<f64> {
    let freedom = n.checked_sub(1).filter(|freedom| *freedom > 0)? as f64;
    let distribution = StudentsT::new(0.0, 1.0, freedom).expect("at least one degree of freedom");
    Some(distribution.inverse_cdf(probability))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9 * expected.abs(), "{found} is not {expected}");
    }

    /// Expected: `scipy.stats.t.ppf(0.975, n - 1)`.
    #[test]
    fn quantiles_agree_with_scipy() {
        for (n, expected) in [
            (2, 12.706_204_736_174_695),
            (3, 4.302_652_729_749_462),
            (5, 2.776_445_105_197_793_4),
            (10, 2.262_157_162_798_205),
            (30, 2.045_229_642_132_703),
            (1000, 1.962_341_461_133_449_3),
        ] {
            assert_close(student_t_95(n).expect("two or more values"), expected);
        }
    }

    /// Expected: `numpy.mean`, `numpy.std(ddof=1)` and `scipy.stats.t.interval(0.95, n - 1, mean,
    /// scipy.stats.sem(values))`.
    #[test]
    fn three_seeds_agree_with_scipy() {
        let summary = Summary::of(&[0.941, 0.946, 0.949]);
        assert_eq!(summary.n, 3);
        assert_close(summary.mean, 0.945_333_333_333_333_2);
        assert_close(summary.standard_deviation.expect("three"), 0.004_041_451_884_327_384);
        let (low, high) = summary.interval().expect("three values");
        assert_close(low, 0.935_293_810_297_251_1);
        assert_close(high, 0.955_372_856_369_415_4);
    }

    #[test]
    fn bounds_of_shares_stay_between_0_and_1() {
        let apart = Summary::of(&[0.1, 0.9, 0.57]);
        assert_eq!(apart.interval_of_shares(), Some((0.1, 0.9)));
        let close = Summary::of(&[0.941, 0.946, 0.949]);
        assert_eq!(close.interval_of_shares(), close.interval());
        assert_eq!(Summary::of(&[0.5]).interval_of_shares(), None);
    }

    #[test]
    fn ten_seeds_agree_with_scipy() {
        let values = [0.912, 0.913, 0.905, 0.921, 0.917, 0.908, 0.911, 0.915, 0.909, 0.914];
        let (low, high) = Summary::of(&values).interval().expect("ten values");
        assert_close(low, 0.909_191_608_576_293_6);
        assert_close(high, 0.915_808_391_423_706_4);
    }

    #[test]
    fn one_seed_has_a_mean_and_no_interval() {
        let summary = Summary::of(&[0.9]);
        assert_close(summary.mean, 0.9);
        assert_eq!((summary.standard_deviation, summary.interval()), (None, None));
    }

    #[test]
    fn equal_values_have_an_interval_of_no_width() {
        let summary = Summary::of(&[0.5, 0.5, 0.5, 0.5]);
        assert_eq!(summary.interval(), Some((0.5, 0.5)));
    }

    #[test]
    fn no_values_have_no_mean() {
        assert!(Summary::of(&[]).mean.is_nan());
    }
}
