//! Choosing among the units of a site by the example.

use tch::Tensor;

/// The mean over positions of a feature map, `[examples, channels]`; vectors as they are.
pub fn spatial_mean(values: &Tensor) -> Tensor {
    match values.dim() {
        4 => values.mean_dim(&[2i64, 3][..], false, None),
        _ => values.shallow_clone(),
    }
}

/// How many of `units` a share is: at least one.
pub fn count(units: i64, keep: f64) -> i64 {
    ((units as f64 * keep).round() as i64).clamp(1, units)
}

/// A mask in {0, 1} of the shape of `scores`, `[examples, units]`, in which for every example the
/// `count` units with the highest scores are 1.
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
    fn a_channel_is_the_mean_over_its_positions() {
        let map = Tensor::from_slice(&[1f32, 3.0, 0.0, 4.0]).view([1, 2, 1, 2]);
        assert_eq!(spatial_mean(&map), Tensor::from_slice2(&[[2.0f32, 2.0]]));
    }
}
