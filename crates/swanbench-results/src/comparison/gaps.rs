//! Every cell against the reference, with a test of whether the gap is chance.

use polars::prelude::DataFrame;

use crate::{
    Error,
    operating::{Rows, points},
    statistics::{holm, least_p, paired_permutation},
};

/// How a cell's accuracy differs from the reference's, seed by seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    pub label: String,
    pub target: Option<f64>,
    /// Seeds that both have.
    pub n: usize,
    /// Of the paired permutation test, adjusted for the number of cells (Holm 1979); none for fewer
    /// than two seeds.
    pub p: Option<f64>,
    /// The least value that `p` could have had before the adjustment.
    pub least_p: f64,
}

/// A gap for every cell of `phase` but the reference's own, in the order of the experiment.
///
/// # Errors
/// [`Error::Frame`] where `runs` lacks a column of `runs.parquet`.
pub fn gaps(runs: &DataFrame, phase: u32, reference: &str) -> Result<Vec<Gap>, Error> {
    let all = points(runs, Rows { phase, control: None, metric: "test_accuracy" })?;
    let Some((_, dense)) = all.iter().find(|(label, _)| label == reference) else {
        return Ok(Vec::new());
    };
    let mut gaps: Vec<Gap> = Vec::new();
    for (label, own) in all.iter().filter(|(label, _)| label != reference) {
        let mut targets: Vec<Option<f64>> = Vec::new();
        for point in own.values().flatten() {
            if !targets.contains(&point.target) {
                targets.push(point.target);
            }
        }
        for target in targets {
            let difference = |(seed, points): (&u64, &Vec<_>)| -> Option<f64> {
                let own = points
                    .iter()
                    .find(|point: &&crate::operating::Point| point.target == target)?;
                Some(own.value - dense.get(seed)?.first()?.value)
            };
            let differences: Vec<f64> = own.iter().filter_map(difference).collect();
            gaps.push(Gap {
                label: label.clone(),
                target,
                n: differences.len(),
                p: paired_permutation(&differences),
                least_p: least_p(differences.len()),
            });
        }
    }
    let adjusted = holm(&gaps.iter().map(|gap| gap.p.unwrap_or(f64::NAN)).collect::<Vec<_>>());
    for (gap, p) in gaps.iter_mut().zip(adjusted) {
        gap.p = Some(p).filter(|p| !p.is_nan());
    }
    Ok(gaps)
}
