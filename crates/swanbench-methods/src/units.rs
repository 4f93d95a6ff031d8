//! The choice among the units of a site, per example.

use swanbench_core::{Budget, Deciding, InferenceCost, ModelMap, solve};
use tch::Tensor;

/// Averages a feature map over positions, `[examples, channels]`; returns vectors unchanged.
pub fn spatial_mean(values: &Tensor) -> Tensor {
    match values.dim() {
        4 => values.mean_dim(&[2i64, 3][..], false, None),
        _ => values.shallow_clone(),
    }
}

/// Returns how many units every site may open so that all open the same share, by site. Deciding
/// which ones costs `inference`, as if all gates varied.
pub fn uniform_counts(map: &ModelMap, budget: Budget, inference: &InferenceCost) -> Vec<i64> {
    let all: Vec<Deciding> = map.sites.iter().map(Deciding::all).collect();
    let limit = budget.of_units(map, inference.gate_flops(map, &all));
    let sizes: Vec<i64> = map.sites.iter().map(|site| site.units).collect();
    solve(&sizes, |share| vec![share; sizes.len()], |open| limit.allows(open))
}

/// Returns a mask in {0, 1} of the shape of `scores`, `[examples, units]`, in which for every
/// example the `count` units with the highest scores are 1.
pub fn topk_mask(scores: &Tensor, count: i64) -> Tensor {
    let (_, best) = scores.detach().topk(count, 1, true, false);
    scores.detach().zeros_like().scatter_value(1, &best, 1.0)
}

/// Opens the unit with the highest score of every example, so that no site is closed as a whole.
/// `gates` in {0, 1} and `scores` have the same shape, `[examples or 1, units]`.
pub fn with_best_open(gates: &Tensor, scores: &Tensor) -> Tensor {
    gates.scatter_value(1, &scores.detach().argmax(1, true), 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_has_its_own_winners() {
        let scores = Tensor::from_slice2(&[[0.1f32, 0.9, 0.5], [3.0, 1.0, 2.0]]);
        let expected = Tensor::from_slice2(&[[0.0f32, 1.0, 1.0], [1.0, 0.0, 1.0]]);
        assert_eq!(topk_mask(&scores, 2), expected);
        let gates = Tensor::from_slice2(&[[0.0f32, 0.0, 0.0], [0.0, 0.0, 1.0]]);
        let open = Tensor::from_slice2(&[[0.0f32, 1.0, 0.0], [1.0, 0.0, 1.0]]);
        assert_eq!(with_best_open(&gates, &scores), open);
    }

    #[test]
    fn the_spatial_mean_is_per_channel() {
        let map = Tensor::from_slice(&[1f32, 3.0, 0.0, 4.0]).view([1, 2, 1, 2]);
        assert_eq!(spatial_mean(&map), Tensor::from_slice2(&[[2.0f32, 2.0]]));
    }
}
