//! Which entries of several groups to keep when only the highest scores may stay.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

/// How a budget is spread over groups (sites or layers).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Allocation {
    /// Every group keeps the same share.
    Uniform,
    /// All entries compete for one budget.
    Global,
}

/// Masks in {0, 1} of the shapes of `scores`, in which the share `keep` of the highest scores is 1.
/// Every group keeps at least one entry. Of equal scores the first are kept.
pub fn keep_highest(scores: &[Tensor], keep: f64, allocation: Allocation) -> Vec<Tensor> {
    match allocation {
        Allocation::Uniform => scores.iter().map(|scores| highest(scores, keep)).collect(),
        Allocation::Global => {
            let flat: Vec<Tensor> = scores.iter().map(with_best_first).collect();
            let mask = highest(&Tensor::cat(&flat, 0), keep);
            let sizes: Vec<i64> = scores.iter().map(|scores| scores.numel() as i64).collect();
            let parts = mask.split_with_sizes(&sizes, 0);
            parts.iter().zip(scores).map(|(part, scores)| part.reshape(scores.size())).collect()
        }
    }
}

fn highest(scores: &Tensor, keep: f64) -> Tensor {
    let flat = scores.flatten(0, -1);
    let count = ((flat.numel() as f64 * keep).round() as i64).max(1);
    let order = flat.argsort_stable(true, 0, true);
    let mask = flat.zeros_like().index_fill(0, &order.narrow(0, 0, count), 1.0);
    mask.reshape(scores.size())
}

/// The scores in a row, the best raised above every other group's, so that no group loses all.
fn with_best_first(scores: &Tensor) -> Tensor {
    let flat = scores.to_kind(Kind::Float).flatten(0, -1);
    let best = flat.argmax(0, true);
    flat.index_fill(0, &best, f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(masks: &[Tensor]) -> Vec<Vec<f32>> {
        masks.iter().map(|mask| Vec::try_from(mask.flatten(0, -1)).unwrap()).collect()
    }

    fn scores() -> [Tensor; 2] {
        let wide = Tensor::from_slice2(&[[0.9f32, 0.1], [0.5, 0.8]]);
        [wide, Tensor::from_slice(&[0.01f32, 0.04, 0.03, 0.02])]
    }

    #[test]
    fn uniform_keeps_the_same_share_of_each_group() {
        let masks = keep_highest(&scores(), 0.5, Allocation::Uniform);
        assert_eq!(kept(&masks), [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]]);
        assert_eq!(masks[0].size(), [2, 2]);
    }

    #[test]
    fn global_spends_where_scores_are_high_but_leaves_no_group_empty() {
        let masks = keep_highest(&scores(), 0.5, Allocation::Global);
        assert_eq!(kept(&masks), [[1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0]]);
    }

    #[test]
    fn at_least_one_is_kept_and_ties_keep_the_first() {
        let equal = [Tensor::from_slice(&[2.0f32, 2.0, 2.0])];
        assert_eq!(kept(&keep_highest(&equal, 0.01, Allocation::Uniform)), [[1.0, 0.0, 0.0]]);
    }
}
