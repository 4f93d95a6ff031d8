//! Masks that keep the highest scores of several groups.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{Budget, ModelMap, UnitCost, largest, solve};
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
    /// over their sum, so that small layers keep more. For weights.
    Erk,
}

impl Allocation {
    /// Checks that it has a meaning for units.
    pub fn check_units(self) -> Result<(), String> {
        match self {
            Self::Erk => {
                Err("`allocation: erk` is for weights; for units it is `uniform`".to_owned())
            }
            Self::Uniform | Self::Global => Ok(()),
        }
    }
}

/// Entries that are tried after the first that does not fit.
const TRIED: usize = 256;

/// Returns masks in {0, 1} of the shapes of `scores`, in which the highest scores are 1: as many as
/// `allows` says of the numbers kept in each group. Every group keeps at least one entry. Of equal
/// scores the first are kept.
pub fn keep_highest(
    scores: &[Tensor],
    allocation: Allocation,
    allows: impl Fn(&[f64]) -> bool,
) -> Vec<Tensor> {
    let shapes: Vec<Vec<i64>> = scores.iter().map(Tensor::size).collect();
    match allocation {
        Allocation::Uniform => keep_shares(scores, |t| vec![t; shapes.len()], allows),
        Allocation::Erk => keep_shares(scores, |t| erdos_renyi_kernel(&shapes, t), allows),
        Allocation::Global => keep_best(scores, allows),
    }
}

/// How far above its budget a method may end. Less than one unit of many sites, so that what training
/// has balanced need not lose a whole one.
const TOLERATED: f64 = 1.03;

/// Returns which units gates that are the same for all examples may open at inference, by site: those
/// with the highest logits, as far as the budget and its tolerance go.
pub fn most_open(logits: &[Tensor], map: &ModelMap, budget: Budget) -> Vec<Tensor> {
    let limit = budget.at(budget.target * TOLERATED).of_units(map, UnitCost::default());
    let logits: Vec<Tensor> = logits.iter().map(Tensor::detach).collect();
    keep_highest(&logits, Allocation::Global, |open| limit.allows(open))
}

/// Returns masks that keep the highest scores of each group, as many as shares that grow with `t`
/// in `[0, 1]` allow.
pub fn keep_shares(
    scores: &[Tensor],
    shares: impl Fn(f64) -> Vec<f64>,
    allows: impl Fn(&[f64]) -> bool,
) -> Vec<Tensor> {
    let sizes: Vec<i64> = scores.iter().map(|scores| scores.numel() as i64).collect();
    let counts = solve(&sizes, shares, allows);
    scores.iter().zip(counts).map(|(scores, count)| top(scores, count)).collect()
}

/// Returns masks that keep the highest scores of all groups: those before the first that does not
/// fit, and of the next ones those that still do.
fn keep_best(scores: &[Tensor], allows: impl Fn(&[f64]) -> bool) -> Vec<Tensor> {
    let flat: Vec<Tensor> = scores.iter().map(with_best_first).collect();
    let owner = |(group, scores): (usize, &Tensor)| scores.ones_like() * group as f64;
    let owners: Vec<Tensor> = flat.iter().enumerate().map(owner).collect();
    let flat = Tensor::cat(&flat, 0);
    let order = flat.argsort_stable(true, 0, true);
    let owners = Tensor::cat(&owners, 0).index_select(0, &order).to_kind(Kind::Int64);
    let entries = flat.numel() as i64;
    let counts = |kept: i64| -> Vec<f64> {
        let counts = owners.narrow(0, 0, kept).bincount::<Tensor>(None, scores.len() as i64);
        Vec::try_from(counts.to_kind(Kind::Double)).expect("a number for each group")
    };
    let as_entries = |share: f64| (share * entries as f64) as i64;
    let kept = as_entries(largest(|share| allows(&counts(as_entries(share)))));
    let kept = kept.max(scores.len() as i64);
    let mut counted = counts(kept);
    let mut mask = flat.zeros_like().index_fill(0, &order.narrow(0, 0, kept), 1.0);
    let next = (entries - kept).min(TRIED as i64);
    let candidates: Vec<i64> =
        Vec::try_from(owners.narrow(0, kept, next)).expect("a group for each entry");
    for (place, group) in (kept..).zip(candidates) {
        counted[group as usize] += 1.0;
        if allows(&counted) {
            mask = mask.index_fill(0, &order.narrow(0, place, 1), 1.0);
        } else {
            counted[group as usize] -= 1.0;
        }
    }
    let sizes: Vec<i64> = scores.iter().map(|scores| scores.numel() as i64).collect();
    let parts = mask.split_with_sizes(&sizes, 0);
    parts.iter().zip(scores).map(|(part, scores)| part.reshape(scores.size())).collect()
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

    /// Allows this many entries in all.
    fn at_most(entries: f64) -> impl Fn(&[f64]) -> bool {
        move |kept: &[f64]| kept.iter().sum::<f64>() <= entries
    }

    #[test]
    fn uniform_keeps_the_same_share_of_each_group() {
        let masks = keep_highest(&scores(), Allocation::Uniform, at_most(4.0));
        assert_eq!(kept(&masks), [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]]);
        assert_eq!(masks[0].size(), [2, 2]);
    }

    #[test]
    fn global_leaves_no_group_empty() {
        let masks = keep_highest(&scores(), Allocation::Global, at_most(4.0));
        assert_eq!(kept(&masks), [[1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0]]);
    }

    #[test]
    fn what_is_too_expensive_makes_room_for_the_next() {
        // The second group's entries cost 1, the first's 10.
        let allows = |kept: &[f64]| 10.0 * kept[0] + kept[1] <= 23.0;
        let masks = keep_highest(&scores(), Allocation::Global, allows);
        assert_eq!(kept(&masks), [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0]]);
    }

    #[test]
    fn one_entry_is_kept_and_ties_keep_the_first() {
        let equal = [Tensor::from_slice(&[2.0f32, 2.0, 2.0])];
        let masks = keep_highest(&equal, Allocation::Uniform, at_most(0.0));
        assert_eq!(kept(&masks), [[1.0, 0.0, 0.0]]);
    }
}
