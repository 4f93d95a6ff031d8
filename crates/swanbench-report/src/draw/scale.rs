//! Scales: from values to shares of an axis, and the round numbers that it shows.

use crate::format;

/// A place along an axis: 0 is its start and 1 its end.
pub(crate) type Share = f64;

/// How an axis spaces its values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    /// Equal differences at equal distances.
    Linear {
        low: f64,
        high: f64,
    },
    Log(LogScale),
    Accuracy(AccuracyScale),
}

impl Scale {
    /// From 0 to 100%.
    pub(crate) const PERCENT: Self = Self::Linear { low: 0.0, high: 100.0 };

    /// Returns round numbers within the scale, rising, each with its text.
    pub(crate) fn ticks(&self) -> Vec<(f64, String)> {
        let percent = |share: f64| (share, format!("{}%", format::tick(100.0 * share)));
        let plain = |value: f64| (value, format::tick(value));
        match self {
            Self::Linear { low, high } => {
                few_multiples(*low, *high).into_iter().map(plain).collect()
            }
            Self::Log(scale) => scale.ticks().into_iter().map(percent).collect(),
            Self::Accuracy(scale) => scale.ticks().into_iter().map(plain).collect(),
        }
    }
}

impl From<LogScale> for Scale {
    fn from(scale: LogScale) -> Self {
        Self::Log(scale)
    }
}

impl From<AccuracyScale> for Scale {
    fn from(scale: AccuracyScale) -> Self {
        Self::Accuracy(scale)
    }
}

/// A logarithmic scale over positive shares, with numbers in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogScale {
    low: f64,
    high: f64,
}

impl LogScale {
    /// Returns a scale that covers all `values` that are positive and finite. It reaches up to 1,
    /// the dense model, at least, and down to a half at least.
    pub(crate) fn over(values: impl IntoIterator<Item = f64>) -> Self {
        let positive = values.into_iter().filter(|value| *value > 0.0 && value.is_finite());
        let (low, high) = positive
            .fold((0.5, 1.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
        Self { low, high }
    }

    /// Returns the place of `value`, which is beyond the ends for values outside.
    pub(crate) fn share(&self, value: f64) -> Share {
        (value / self.low).ln() / (self.high / self.low).ln()
    }

    /// Returns round numbers within the scale: 1, 2 and 5 times a power of ten.
    fn ticks(&self) -> Vec<f64> {
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        decades
            .flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(decade)))
            .filter(|tick| (self.low * 0.999..=self.high * 1.001).contains(tick))
            .collect()
    }
}

/// A linear scale of accuracies in percent, which can be compressed below a knee.
///
/// Near the dense model a tenth of a point matters; a broken cell is tens of points away. On one
/// plain scale the broken ones would press everything else into a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AccuracyScale {
    bottom: f64,
    top: f64,
    knee: Option<f64>,
    step: f64,
}

impl AccuracyScale {
    /// The part of the axis below the knee.
    const COMPRESSED: Share = 0.27;

    /// Returns a scale that covers `values` in percent, each a mean and half the width of its
    /// interval; `reference` is the accuracy to compare with.
    ///
    /// The knee is as near below the reference as leaves two thirds of the means above it. There is
    /// none if no value is far below.
    pub(crate) fn over(values: &[(f64, f64)], reference: f64) -> Self {
        const DROPS: [f64; 5] = [2.0, 5.0, 10.0, 20.0, 40.0];
        let lowest = values.iter().map(|(mean, _)| *mean).fold(reference, f64::min);
        let highest = values.iter().map(|(mean, _)| *mean).fold(reference, f64::max);
        let kept = |drop: &f64| {
            let above = values.iter().filter(|(mean, _)| *mean >= reference - drop).count();
            3 * above >= 2 * values.len()
        };
        let wanted = DROPS.into_iter().find(kept).map_or(lowest, |drop| reference - drop);
        let span = (highest - wanted.max(lowest)).max(0.5);
        let step = round_step(span / 6.0);
        // Room for bars, but a wide one does not press the marks together.
        let good = values.iter().filter(|(mean, _)| *mean >= reference - 0.2 * span);
        let bound = good.map(|(mean, half)| mean + half).fold(highest, f64::max);
        let top = (bound.min(highest + 0.3 * span) + 0.2 * step).min(100.0);
        if lowest >= wanted - 0.6 * span {
            let bound = values.iter().map(|(mean, half)| mean - half).fold(lowest, f64::min);
            let bottom = (bound.max(lowest - 0.3 * span) - 0.2 * step).max(0.0);
            return Self { bottom, top, knee: None, step };
        }
        let knee = (wanted / step).floor() * step;
        let coarse = round_step((knee - lowest) / 2.5);
        // Not on the axis itself, where a mark would be cut.
        let bottom = ((lowest / coarse - 0.2).floor() * coarse).max(0.0);
        Self { bottom, top, knee: Some(knee), step }
    }

    /// Returns the accuracy below which the scale is compressed, `None` if it is not.
    pub(crate) const fn knee(&self) -> Option<f64> {
        self.knee
    }

    /// Returns the place of `value`: at the end for values beyond.
    pub(crate) fn share(&self, value: f64) -> Share {
        let value = value.clamp(self.bottom, self.top);
        match self.knee {
            None => (value - self.bottom) / (self.top - self.bottom),
            Some(knee) if value < knee => {
                Self::COMPRESSED * (value - self.bottom) / (knee - self.bottom)
            }
            Some(knee) => {
                Self::COMPRESSED + (1.0 - Self::COMPRESSED) * (value - knee) / (self.top - knee)
            }
        }
    }

    /// Returns round numbers within the scale, rising.
    fn ticks(&self) -> Vec<f64> {
        let Some(knee) = self.knee else {
            return multiples(self.bottom, self.top, self.step);
        };
        let mut ticks = multiples(self.bottom, knee, round_step((knee - self.bottom) / 4.0));
        // A number just below the knee would run into that of the knee.
        ticks.retain(|tick| self.share(knee) - self.share(*tick) > 0.05);
        ticks.extend(multiples(knee, self.top, self.step));
        ticks
    }
}

/// Returns the least of 1, 2 and 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let decade = 10_f64.powf(least.log10().floor());
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * decade >= least * 0.999);
    digit.unwrap_or(10.0) * decade
}

/// Returns at most six multiples of a round step from `low` to `high`, rising.
fn few_multiples(low: f64, high: f64) -> Vec<f64> {
    const MOST: usize = 6;
    let decade = ((high - low) / MOST as f64).log10().floor();
    let steps = (0..3).flat_map(|power| {
        [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powf(decade + f64::from(power)))
    });
    let mut all = steps.map(|step| multiples(low, high, step));
    all.find(|values| (1..=MOST).contains(&values.len())).unwrap_or_default()
}

/// Returns all multiples of `step` from `low` to `high`, rising.
fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|count| count as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: &[f64], expected: &[f64]) {
        let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(close && found.len() == expected.len(), "{found:?} is not {expected:?}");
    }

    #[test]
    fn a_log_scale_puts_equal_ratios_at_equal_distances() {
        let scale = LogScale::over([0.04, 0.2, 1.0, f64::NAN, 0.0]);
        assert_close(&[scale.share(0.04), scale.share(0.2), scale.share(1.0)], &[0.0, 0.5, 1.0]);
        assert_close(&scale.ticks(), &[0.05, 0.1, 0.2, 0.5, 1.0]);
    }

    #[test]
    fn a_log_scale_without_values_still_has_a_length() {
        assert_close(&LogScale::over([]).ticks(), &[0.5, 1.0]);
    }

    #[test]
    fn ticks_are_round_and_at_most_six() {
        assert_close(&few_multiples(1.0, 18.0), &[5.0, 10.0, 15.0]);
        assert_close(&few_multiples(0.0, 100.0), &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
    }

    #[test]
    fn accuracies_that_are_close_have_a_plain_scale() {
        let scale = AccuracyScale::over(&[(97.2, 0.1), (97.4, 0.2), (96.5, 0.1)], 97.5);
        assert_eq!(scale.knee(), None);
        assert_close(&scale.ticks(), &[96.4, 96.6, 96.8, 97.0, 97.2, 97.4, 97.6]);
    }

    #[test]
    fn a_broken_cell_does_not_press_the_others_together() {
        let means = [94.2, 93.0, 92.0, 90.0, 94.5, 40.0];
        let scale = AccuracyScale::over(&means.map(|mean| (mean, 0.4)), 94.6);
        assert_eq!(scale.knee(), Some(89.0));
        assert_close(&scale.ticks(), &[20.0, 40.0, 60.0, 89.0, 90.0, 91.0, 92.0, 93.0, 94.0, 95.0]);
        assert_close(&[scale.share(20.0), scale.share(89.0)], &[0.0, 0.27]);
        assert!(scale.share(94.6) - scale.share(90.0) > 0.5);
        // Beyond the ends, as the bound of a wide interval can be.
        assert_close(&[scale.share(12.0), scale.share(110.0)], &[0.0, 1.0]);
    }

    #[test]
    fn one_value_has_a_scale() {
        let scale = AccuracyScale::over(&[(95.0, 0.0)], 95.0);
        assert!((0.0..=1.0).contains(&scale.share(95.0)) && !scale.ticks().is_empty());
        let scale = AccuracyScale::over(&[], 100.0);
        assert!(scale.share(100.0).is_finite());
    }
}
