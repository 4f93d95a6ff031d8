//! Every cell against the reference, with a test of whether the gap is statistically significant.

use rayon::prelude::*;

use crate::{
    RunRow,
    operating::{BySeed, LabelPoints, Point, Selection, points},
    statistics::{holm, least_p, paired_permutation},
};

/// A cell whose accuracies are compared with the reference's seed by seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// The label of the cell.
    pub label: String,
    /// The target of the cell.
    pub target: Option<f64>,
    /// The number of seeds that both have.
    pub n: usize,
    /// The p-value of the paired permutation test, adjusted for the number of cells (Holm 1979).
    /// `None` if there are fewer than two seeds.
    pub p: Option<f64>,
    /// The least value that `p` could have had before the adjustment.
    pub least_p: f64,
}

/// Compares every cell of a task with the reference's, in the order of the experiment.
pub fn gaps(runs: &[RunRow], task_index: u32, reference: &str) -> Vec<Gap> {
    let all = points(runs, Selection::accuracies(task_index));
    let Some(dense) = all.iter().find(|one| one.label == reference) else { return Vec::new() };
    let others = all.par_iter().filter(|one| one.label != reference);
    let mut gaps: Vec<Gap> = others.flat_map_iter(|one| gaps_of(one, &dense.seeds)).collect();
    let adjusted = holm(&gaps.iter().map(|gap| gap.p.unwrap_or(f64::NAN)).collect::<Vec<_>>());
    for (gap, p) in gaps.iter_mut().zip(adjusted) {
        gap.p = Some(p).filter(|p| !p.is_nan());
    }
    gaps
}

/// Compares every target of a label with the reference, before any adjustment.
fn gaps_of(one: &LabelPoints, dense: &BySeed) -> Vec<Gap> {
    let mut targets: Vec<Option<f64>> = Vec::new();
    for point in one.seeds.values().flatten() {
        if !targets.contains(&point.target) {
            targets.push(point.target);
        }
    }
    let gap = |target: Option<f64>| {
        let difference = |(seed, points): (&u64, &Vec<Point>)| -> Option<f64> {
            let own = points.iter().find(|point| point.target == target)?;
            Some(own.value - dense.get(seed)?.first()?.value)
        };
        let differences: Vec<f64> = one.seeds.iter().filter_map(difference).collect();
        Gap {
            label: one.label.clone(),
            target,
            n: differences.len(),
            p: paired_permutation(&differences),
            least_p: least_p(differences.len()),
        }
    };
    targets.into_iter().map(gap).collect()
}
