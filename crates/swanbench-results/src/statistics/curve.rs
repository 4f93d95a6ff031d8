//! A method between its operating points: what it reaches at a cost, and at what cost.

/// How far apart two costs may be, relative to them, to count as equal: FLOPs are summed in floats.
const TOLERANCE: f64 = 1e-9;

/// The operating points of one method, of one seed or means, as accuracy over cost.
///
/// Methods rarely end up at equal costs, so a comparison at equal cost reads their curves between
/// the measured points. The line between two neighbours is straight over the logarithm of the cost,
/// the axis on which budgets are chosen (1/2, 1/4, 1/8 of the dense model). Beyond the cheapest and
/// the dearest point nothing was measured, and nothing is claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// `(cost, accuracy)` in order of rising cost, no two costs equal.
    points: Vec<(f64, f64)>,
}

impl Curve {
    /// Builds the curve through `(cost, accuracy)` points in any order. Accuracies at equal costs are
    /// averaged; points whose cost has no logarithm, or that are not finite, are left out.
    pub fn new(points: &[(f64, f64)]) -> Self {
        let measured =
            |point: &(f64, f64)| point.0 > 0.0 && point.0.is_finite() && point.1.is_finite();
        let mut sorted: Vec<_> = points.iter().copied().filter(measured).collect();
        // By accuracy too, so that sums do not depend on the order given.
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut points = Vec::with_capacity(sorted.len());
        let mut rest = sorted.as_slice();
        while let Some((cost, _)) = rest.first() {
            let equal = rest.partition_point(|point| point.0 <= cost * (1.0 + TOLERANCE));
            let accuracy: f64 = rest[..equal].iter().map(|point| point.1).sum();
            points.push((*cost, accuracy / equal as f64));
            rest = &rest[equal..];
        }
        Self { points }
    }

    /// Returns the accuracy at `cost`, linear in `ln(cost)` between its neighbours. `None` outside
    /// the measured costs, whose ends count as measured within a relative 1e-9.
    pub fn accuracy_at(&self, cost: f64) -> Option<f64> {
        let (first, last) = (self.points.first()?, self.points.last()?);
        if !(first.0 * (1.0 - TOLERANCE)..=last.0 * (1.0 + TOLERANCE)).contains(&cost) {
            return None;
        }
        let cost = cost.clamp(first.0, last.0);
        let right = self.points.partition_point(|point| point.0 < cost);
        let (right_cost, right_accuracy) = self.points[right];
        if right_cost == cost {
            return Some(right_accuracy);
        }
        let (left_cost, left_accuracy) = self.points[right - 1];
        let share = (cost / left_cost).ln() / (right_cost / left_cost).ln();
        Some(left_accuracy + share * (right_accuracy - left_accuracy))
    }

    /// Returns the smallest cost at which the curve reaches `accuracy`: that of the cheapest point if
    /// it is that accurate already, otherwise where the curve first crosses it from below. `None` if
    /// it never does. Dearer points may fall below it again, as measured curves are not monotone.
    pub fn cost_to_reach(&self, accuracy: f64) -> Option<f64> {
        let right = self.points.iter().position(|point| point.1 >= accuracy)?;
        let (right_cost, right_accuracy) = self.points[right];
        if right == 0 || right_accuracy == accuracy {
            return Some(right_cost);
        }
        let (left_cost, left_accuracy) = self.points[right - 1];
        let share = (accuracy - left_accuracy) / (right_accuracy - left_accuracy);
        Some(left_cost * (right_cost / left_cost).powf(share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: [(f64, f64); 3] = [(0.4, 0.9), (1.0, 0.95), (0.1, 0.8)];

    fn assert_close(found: Option<f64>, expected: f64) {
        let found = found.expect("within the measured range");
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    /// Expected: `numpy.interp(numpy.log(cost), numpy.log([0.1, 0.4, 1.0]), [0.8, 0.9, 0.95])`.
    #[test]
    fn accuracy_is_linear_in_the_logarithm_of_the_cost() {
        let curve = Curve::new(&POINTS);
        for (cost, expected) in [
            (0.1, 0.8),
            (0.2, 0.85),
            (0.3, 0.879_248_125_036_057_8),
            (0.5, 0.912_176_460_131_698_5),
            (0.9, 0.944_250_704_934_976),
        ] {
            assert_close(curve.accuracy_at(cost), expected);
        }
        assert_eq!(POINTS.map(|(cost, _)| curve.accuracy_at(cost).unwrap()), [0.9, 0.95, 0.8]);
    }

    #[test]
    fn nothing_is_claimed_beyond_the_measured_costs() {
        let curve = Curve::new(&POINTS);
        assert_eq!([0.099, 1.001, f64::NAN].map(|cost| curve.accuracy_at(cost)), [None; 3]);
        assert_eq!(curve.accuracy_at(0.1 * (1.0 - 1e-10)), Some(0.8));
        assert_eq!(curve.accuracy_at(1.0 + 1e-10), Some(0.95));
    }

    /// Expected: `numpy.exp(numpy.interp(accuracy, [0.8, 0.9, 0.95], numpy.log([0.1, 0.4, 1.0])))`.
    #[test]
    fn costs_to_reach_an_accuracy_are_interpolated() {
        let curve = Curve::new(&POINTS);
        assert_close(curve.cost_to_reach(0.85), 0.2);
        assert_close(curve.cost_to_reach(0.91), 0.480_449_773_592_572_7);
        assert_close(curve.cost_to_reach(0.94), 0.832_553_207_401_872_8);
        assert_eq!(
            [0.5, 0.8, 0.9].map(|accuracy| curve.cost_to_reach(accuracy).unwrap()),
            [0.1, 0.1, 0.4]
        );
        assert_eq!([0.951, f64::NAN].map(|accuracy| curve.cost_to_reach(accuracy)), [None; 2]);
    }

    #[test]
    fn of_several_crossings_the_first_counts() {
        // Up through 0.85 at a cost of 0.02, down again, and up once more.
        let curve = Curve::new(&[(0.01, 0.8), (0.04, 0.9), (0.1, 0.7), (1.0, 0.95)]);
        assert_close(curve.cost_to_reach(0.85), 0.02);
    }

    #[test]
    fn accuracies_at_equal_costs_are_averaged() {
        let curve = Curve::new(&[(0.5, 0.75), (1.0, 1.0), (0.5 + 1e-12, 0.25)]);
        assert_eq!(curve.accuracy_at(0.5), Some(0.5));
        assert_eq!(curve.cost_to_reach(0.75), Some(0.5 * 2.0_f64.powf(0.5)));
    }

    #[test]
    fn a_single_point_is_a_curve_at_its_cost() {
        let curve = Curve::new(&[(0.5, 0.9), (0.0, 0.1), (0.2, f64::NAN)]);
        assert_eq!((curve.accuracy_at(0.5), curve.accuracy_at(0.4)), (Some(0.9), None));
        assert_eq!((curve.cost_to_reach(0.9), curve.cost_to_reach(0.91)), (Some(0.5), None));
    }

    #[test]
    fn no_points_reach_nothing() {
        let curve = Curve::new(&[]);
        assert_eq!((curve.accuracy_at(0.5), curve.cost_to_reach(0.0)), (None, None));
    }
}
