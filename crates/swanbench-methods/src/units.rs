//! The choice among the units of a site, per example.

use tch::Tensor;

/// Averages a feature map over positions, `[examples, channels]`; returns vectors unchanged.
pub fn spatial_mean(values: &Tensor) -> Tensor {
    match values.dim() {
        4 => values.mean_dim(&[2i64, 3][..], false, None),
        _ => values.shallow_clone(),
    }
}

/// Returns the number of units that the share `keep` is: at least one.
pub fn count(units: i64, keep: f64) -> i64 {
    ((units as f64 * keep).round() as i64).clamp(1, units)
}

/// Returns a mask in {0, 1} of the shape of `scores`, `[examples, units]`, in which for every
/// example the `count` units with the highest scores are 1.
pub fn topk_mask(scores: &Tensor, count: i64) -> Tensor {
    let (_, best) = scores.detach().topk(count, 1, true, false);
    scores.detach().zeros_like().scatter_value(1, &best, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_has_its_own_winners() {
        let scores = Tensor::from_slice2(&[[0.1f32, 0.9, 0.5], [3.0, 1.0, 2.0]]);
        let expected = Tensor::from_slice2(&[[0.0f32, 1.0, 1.0], [1.0, 0.0, 1.0]]);
        assert_eq!(topk_mask(&scores, 2), expected);
        assert_eq!([count(300, 0.02), count(10, 0.02), count(10, 1.0)], [6, 1, 10]);
    }

    #[test]
    fn the_spatial_mean_is_per_channel() {
        let map = Tensor::from_slice(&[1f32, 3.0, 0.0, 4.0]).view([1, 2, 1, 2]);
        assert_eq!(spatial_mean(&map), Tensor::from_slice2(&[[2.0f32, 2.0]]));
    }
}
