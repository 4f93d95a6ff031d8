//! Masks that keep the highest scores of several groups.

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
    /// Erdős–Rényi-kernel (Evci et al. 2020): the share falls with the product of a layer's sizes
    /// over their sum, so that small layers keep more. For units, the same as `uniform`.
    Erk,
}

/// Returns masks in {0, 1} of the shapes of `scores`, in which the share `keep` of the highest
/// scores is 1. Every group keeps at least one entry. Of equal scores the first are kept.
pub fn keep_highest(scores: &[Tensor], keep: f64, allocation: Allocation) -> Vec<Tensor> {
    match allocation {
        Allocation::Uniform => scores.iter().map(|scores| highest(scores, keep)).collect(),
        Allocation::Erk => {
            let sizes: Vec<Vec<i64>> = scores.iter().map(Tensor::size).collect();
            let shares = erdos_renyi_kernel(&sizes, keep);
            scores.iter().zip(shares).map(|(scores, share)| highest(scores, share)).collect()
        }
        Allocation::Global => {
            let flat: Vec<Tensor> = scores.iter().map(with_best_first).collect();
            let mask = highest(&Tensor::cat(&flat, 0), keep);
            let sizes: Vec<i64> = scores.iter().map(|scores| scores.numel() as i64).collect();
            let parts = mask.split_with_sizes(&sizes, 0);
            parts.iter().zip(scores).map(|(part, scores)| part.reshape(scores.size())).collect()
        }
    }
}

/// Returns a mask in which the share `keep` of the highest scores is 1, at least one.
pub fn highest(scores: &Tensor, keep: f64) -> Tensor {
    top(scores, ((scores.numel() as f64 * keep).round() as i64).max(1))
}

/// Returns a mask of the shape of `scores` in which the `count` highest are 1. Of equal ones the
/// first.
pub fn top(scores: &Tensor, count: i64) -> Tensor {
    let flat = scores.flatten(0, -1);
    let order = flat.argsort_stable(true, 0, true);
    let mask = flat.zeros_like().index_fill(0, &order.narrow(0, 0, count), 1.0);
    mask.reshape(scores.size())
}

/// Returns the share that every group of these sizes keeps so that together they keep `keep`:
/// proportional to the sum over the product of its sizes, and at most 1.
fn erdos_renyi_kernel(sizes: &[Vec<i64>], keep: f64) -> Vec<f64> {
    let entries: Vec<f64> =
        sizes.iter().map(|sizes| sizes.iter().product::<i64>() as f64).collect();
    let raw: Vec<f64> = sizes
        .iter()
        .zip(&entries)
        .map(|(sizes, entries)| sizes.iter().sum::<i64>() as f64 / entries)
        .collect();
    let mut whole = vec![false; sizes.len()];
    loop {
        let of = |wanted: bool, value: &dyn Fn(usize) -> f64| -> f64 {
            (0..sizes.len()).filter(|&at| whole[at] == wanted).map(value).sum()
        };
        let left = keep * entries.iter().sum::<f64>() - of(true, &|at| entries[at]);
        let scale = left / of(false, &|at| raw[at] * entries[at]);
        // A group that would keep more than all keeps all, and the others share the rest again.
        let over: Vec<usize> =
            (0..sizes.len()).filter(|&at| !whole[at] && scale * raw[at] > 1.0).collect();
        if over.is_empty() {
            return (0..sizes.len())
                .map(|at| if whole[at] { 1.0 } else { scale * raw[at] })
                .collect();
        }
        for at in over {
            whole[at] = true;
        }
    }
}

/// Flattens the scores and raises the best above every other group's, so that no group loses all.
fn with_best_first(scores: &Tensor) -> Tensor {
    let flat = scores.to_kind(Kind::Float).flatten(0, -1);
    let best = flat.argmax(0, true);
    flat.index_fill(0, &best, f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::numbers;

    fn kept(masks: &[Tensor]) -> Vec<Vec<f64>> {
        masks.iter().map(numbers).collect()
    }

    fn scores() -> [Tensor; 2] {
        let wide = Tensor::from_slice2(&[[0.9f32, 0.1], [0.5, 0.8]]);
        [wide, Tensor::from_slice(&[0.01f32, 0.04, 0.03, 0.02])]
    }

    #[test]
    fn erdos_renyi_keeps_more_of_small_layers() {
        // 784x300 and 300x100 weights, raw shares 1084 / 235,200 and 400 / 30,000.
        let shares = erdos_renyi_kernel(&[vec![300, 784], vec![100, 300]], 0.1);
        let kept = shares[0] * 235_200.0 + shares[1] * 30_000.0;
        assert!((kept - 26_520.0).abs() < 1e-6);
        assert!((shares[1] / shares[0] - (400.0 / 30_000.0) / (1084.0 / 235_200.0)).abs() < 1e-9);
        // At 0.9 the last, tiny layer keeps all.
        let shares = erdos_renyi_kernel(&[vec![100, 100], vec![2, 3]], 0.9);
        assert_eq!(shares[1], 1.0);
        assert!((shares[0] * 10_000.0 + 6.0 - 0.9 * 10_006.0).abs() < 1e-6);
        assert_eq!(erdos_renyi_kernel(&[vec![7], vec![3]], 0.25), [0.25, 0.25]);
    }

    #[test]
    fn uniform_keeps_the_same_share_of_each_group() {
        let masks = keep_highest(&scores(), 0.5, Allocation::Uniform);
        assert_eq!(kept(&masks), [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]]);
        assert_eq!(masks[0].size(), [2, 2]);
    }

    #[test]
    fn global_leaves_no_group_empty() {
        let masks = keep_highest(&scores(), 0.5, Allocation::Global);
        assert_eq!(kept(&masks), [[1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0]]);
    }

    #[test]
    fn one_entry_is_kept_and_ties_keep_the_first() {
        let equal = [Tensor::from_slice(&[2.0f32, 2.0, 2.0])];
        assert_eq!(kept(&keep_highest(&equal, 0.01, Allocation::Uniform)), [[1.0, 0.0, 0.0]]);
    }
}
