//! A whole front in one number.

use super::front::front;

/// Computes the area that `points` dominate, of the rectangle of costs from 0 to `reference.0` and
/// accuracies from `reference.1` upwards.
///
/// A point is `(cost, accuracy)`; it dominates what costs at least as much and is at most as
/// accurate. The cost is linear, a share of the dense model's, so a front that reaches accuracy 1
/// at no cost has `reference.0 * (1 - reference.1)`. Points outside contribute the part that is
/// inside: nothing beyond the reference, and a negative cost as much as no cost. A point with a
/// coordinate that is NaN contributes nothing. Source: Zitzler and Thiele, "Multiobjective
/// evolutionary algorithms: a comparative case study and the strength Pareto approach" (1999).
pub fn hypervolume(points: &[(f64, f64)], reference: (f64, f64)) -> f64 {
    let inside: Vec<(f64, f64)> = points
        .iter()
        .filter(|(cost, accuracy)| *cost < reference.0 && *accuracy > reference.1)
        .map(|(cost, accuracy)| (cost.max(0.0), *accuracy))
        .collect();
    if reference.0 <= 0.0 {
        return 0.0;
    }
    // A strip for each point: what it has above the cheaper ones of the front.
    let mut covered = reference.1;
    let mut area = 0.0;
    for index in front(&inside) {
        let (cost, accuracy) = inside[index];
        area += (reference.0 - cost) * (accuracy - covered);
        covered = accuracy;
    }
    area
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REFERENCE: (f64, f64) = (1.0, 0.5);

    fn assert_area(points: &[(f64, f64)], expected: f64) {
        let found = hypervolume(points, REFERENCE);
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn a_point_dominates_a_rectangle() {
        assert_area(&[(0.25, 0.75)], 0.75 * 0.25);
        assert_area(&[(0.0, 1.0)], 0.5);
    }

    #[test]
    fn a_front_dominates_a_staircase() {
        // 0.75 * 0.25 below the cheap point, 0.5 * 0.125 above it; the third is dominated.
        assert_area(&[(0.5, 0.875), (0.25, 0.75), (0.75, 0.625)], 0.25);
        assert_area(&[(0.5, 0.875), (0.5, 0.875), (0.25, 0.75)], 0.25);
    }

    #[test]
    fn points_outside_contribute_what_is_inside() {
        assert_area(&[(-0.5, 0.75)], 0.25);
        assert_area(&[(1.0, 0.9), (2.0, 0.9), (0.1, 0.5), (0.1, 0.2)], 0.0);
        assert_area(&[(f64::NAN, 0.9), (0.1, f64::NAN)], 0.0);
        assert_eq!(hypervolume(&[(-2.0, 0.9)], (-1.0, 0.5)), 0.0);
        assert_area(&[], 0.0);
    }

    fn point() -> impl Strategy<Value = (f64, f64)> {
        (-0.2..1.2_f64, 0.3..1.0_f64)
    }

    proptest! {
        #[test]
        fn a_dominated_point_changes_nothing(
            mut points in prop::collection::vec(point(), 1..12),
            which in any::<prop::sample::Index>(),
            dearer in 0.0..0.5_f64,
            worse in 0.0..0.5_f64,
        ) {
            let before = hypervolume(&points, REFERENCE);
            let (cost, accuracy) = points[which.index(points.len())];
            points.insert(which.index(points.len() + 1), (cost + dearer, accuracy - worse));
            prop_assert_eq!(hypervolume(&points, REFERENCE), before);
        }

        #[test]
        fn a_further_point_never_lowers_it(
            mut points in prop::collection::vec(point(), 0..12),
            further in point(),
        ) {
            let before = hypervolume(&points, REFERENCE);
            points.push(further);
            let after = hypervolume(&points, REFERENCE);
            prop_assert!(after >= before - 1e-12, "{} after {}", after, before);
            // It adds at most its own rectangle.
            let alone = hypervolume(&[further], REFERENCE);
            prop_assert!(after <= before + alone + 1e-12, "{} by {}", after, alone);
        }
    }
}
