//! The Pareto front: the operating points that no other point beats.

/// Returns the points that are not dominated, as indices into `points` in order of rising cost.
///
/// A point is `(cost, gain)`: lower cost is better, higher gain is better. It is dominated if
/// another one is at least as good in both and better in one. Equal points do not dominate each
/// other, so both stay, in the order given. A point with a coordinate that is NaN is never on the
/// front and dominates nothing.
pub fn front(points: &[(f64, f64)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len())
        .filter(|index| !points[*index].0.is_nan() && !points[*index].1.is_nan())
        .collect();
    // Cheapest first, and the best of equally cheap ones before the others.
    order.sort_by(|a, b| {
        let (a, b) = (points[*a], points[*b]);
        a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1))
    });
    let mut best: Option<(f64, f64)> = None;
    order.retain(|index| {
        let point = points[*index];
        let stays = best.is_none_or(|best| point.1 > best.1 || point == best);
        if stays {
            best = Some(point);
        }
        stays
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dominated_points_are_left_out() {
        // The second costs more than the third and gains less; the fourth gains nothing more.
        let points = [(1.0, 0.95), (0.5, 0.90), (0.4, 0.92), (0.9, 0.92), (0.1, 0.60)];
        assert_eq!(front(&points), [4, 2, 0]);
    }

    #[test]
    fn of_equal_gains_only_the_cheapest_stays() {
        assert_eq!(front(&[(1.0, 0.9), (0.5, 0.9)]), [1]);
    }

    #[test]
    fn of_equal_costs_only_the_best_stays() {
        assert_eq!(front(&[(1.0, 0.9), (1.0, 0.95)]), [1]);
    }

    #[test]
    fn equal_points_stay_both() {
        assert_eq!(front(&[(0.5, 0.9), (1.0, 0.9), (0.5, 0.9)]), [0, 2]);
    }

    #[test]
    fn points_that_were_not_measured_are_left_out() {
        assert_eq!(front(&[(f64::NAN, 0.99), (0.1, f64::NAN), (0.5, 0.9)]), [2]);
        assert!(front(&[]).is_empty());
    }
}
