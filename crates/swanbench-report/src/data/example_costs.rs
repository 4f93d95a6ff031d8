//! What stands behind the picture: what examples cost, over the seeds of each label.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, PolarsResult};

use crate::data::{cell::Cell, record::Record, report_data::ReportData, spread::Spread};

/// Classes, tenths or percentiles, each with the cost of its examples as a share of the dense
/// model's FLOPs.
pub(crate) type Groups = Vec<(u64, Spread)>;

/// How a label spends its FLOPs on the test examples. Means are those of seeds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Use {
    pub label: String,
    pub seeds: usize,
    /// The cost of an example, by percentile.
    pub quantiles: Groups,
    /// The mean cost of the tenths of the examples, the easiest for the dense net first; empty
    /// where there is no dense net.
    pub tenths: Groups,
    /// The mean cost by class.
    pub classes: Groups,
    /// The mean cost of all examples.
    pub mean: f64,
    /// Spearman's rank correlation of an example's cost with the dense net's loss on it.
    pub correlation: Option<f64>,
    pub accuracies: Vec<Accuracy>,
}

/// Test accuracy in percent with some gates.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Accuracy {
    pub gates: String,
    pub mean: f64,
    pub interval: Option<(f64, f64)>,
}

/// The labels whose examples do not all cost the same at `target`, in the order of the experiment.
/// `groups` is the frame of `adaptivity.parquet`.
pub(crate) fn uses(
    evidence: &ReportData,
    groups: &DataFrame,
    target: Option<f64>,
) -> PolarsResult<Vec<Use>> {
    let rows = rows(groups, target)?;
    let of_label = |label: &String| {
        let own: Vec<&Row> = rows.iter().filter(|row| row.label == *label).collect();
        let by = |by: &str| by_index(own.iter().copied().filter(|row| row.by == by));
        let classes = || own.iter().filter(|row| row.by == "class");
        let examples: f64 = classes().map(|row| row.examples).sum();
        let cost: f64 = classes().map(|row| row.examples * row.share).sum();
        let mut correlations: Vec<_> =
            own.iter().filter_map(|row| Some((row.seed, row.correlation?))).collect();
        // The same in all rows of a run.
        correlations.dedup();
        let mut seeds: Vec<_> = own.iter().map(|row| row.seed).collect();
        seeds.dedup();
        Use {
            label: label.clone(),
            seeds: seeds.len(),
            quantiles: by("quantile"),
            tenths: by("difficulty"),
            classes: by("class"),
            mean: cost / examples,
            correlation: Spread::of(correlations.into_iter().map(|(_, value)| value))
                .map(|spread| spread.mean),
            accuracies: accuracies(evidence, label, target),
        }
    };
    Ok(evidence.labels.iter().map(of_label).filter(|one| !one.quantiles.is_empty()).collect())
}

/// A row of the frame of groups.
struct Row {
    label: String,
    seed: u64,
    by: String,
    index: u64,
    examples: f64,
    share: f64,
    correlation: Option<f64>,
}

fn rows(groups: &DataFrame, target: Option<f64>) -> PolarsResult<Vec<Row>> {
    let targets = groups.column("target_activity")?.f64()?;
    let at_target = |row: &usize| targets.get(*row).is_none_or(|own| Some(own) == target);
    let read = |row: usize| {
        let record = Record::of(groups, row);
        Ok(Row {
            label: record.text("label")?,
            seed: record.count("seed")?,
            by: record.text("by")?,
            index: record.count("index")?,
            examples: record.count("examples")? as f64,
            share: record.number("unit_flops_share")?.unwrap_or(f64::NAN),
            correlation: record.number("correlation")?,
        })
    };
    (0..groups.height()).filter(at_target).map(read).collect()
}

/// The seeds of each index.
fn by_index<'a>(rows: impl Iterator<Item = &'a Row>) -> Groups {
    let mut shares: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for row in rows {
        shares.entry(row.index).or_default().push(row.share);
    }
    shares.into_iter().filter_map(|(index, seeds)| Some((index, Spread::of(seeds)?))).collect()
}

/// With the label's own gates, and then with those of each control.
fn accuracies(evidence: &ReportData, label: &str, target: Option<f64>) -> Vec<Accuracy> {
    let Some(own) = evidence
        .headline
        .iter()
        .find(|cell| cell.label == label && (cell.target.is_none() || cell.target == target))
    else {
        return Vec::new();
    };
    let is_control = |cell: &&Cell| cell.control.is_some() && cell.is_of(own);
    let controls = evidence.others.iter().filter(is_control);
    let accuracy = |cell: &Cell| Accuracy {
        gates: cell.control.clone().unwrap_or_else(|| "own".to_owned()),
        mean: 100.0 * cell.test_accuracy,
        interval: cell.interval.map(|(low, high)| (100.0 * low, 100.0 * high)),
    };
    [own].into_iter().chain(controls).map(accuracy).filter(|one| one.mean.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    /// Two seeds of `gated` with two classes, two tenths and the median, a row at another target,
    /// and a label without difficulties.
    fn groups() -> DataFrame {
        let (class, tenth, rank) = ("class", "difficulty", "quantile");
        df!(
            "label" => ["gated", "gated", "gated", "gated", "gated",
                "gated", "gated", "gated", "gated", "gated", "gated", "plain", "plain"],
            "seed" => [0_u64, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0],
            "target_activity" => [Some(0.1), Some(0.1), Some(0.1), Some(0.1), Some(0.1), Some(0.1),
                Some(0.1), Some(0.1), Some(0.1), Some(0.1), Some(0.5), None, None],
            "by" => [class, class, tenth, tenth, rank, class, class, tenth, tenth, rank, rank,
                class, rank],
            "index" => [0_u64, 1, 0, 9, 50, 0, 1, 0, 9, 50, 50, 0, 50],
            "examples" => [30_u64, 10, 4, 4, 40, 30, 10, 4, 4, 40, 40, 7, 7],
            "unit_flops_share" => [0.25, 0.5, 0.125, 0.5, 0.25, 0.5, 0.75, 0.25, 0.75, 0.375, 1.0,
                0.5, 0.5],
            "correlation" => [Some(0.25), Some(0.25), Some(0.25), Some(0.25), Some(0.25), Some(0.5),
                Some(0.5), Some(0.5), Some(0.5), Some(0.5), Some(1.0), None, None],
        )
        .expect("columns of one length")
    }

    /// What stands behind the picture, a line a panel.
    #[test]
    fn the_points_are_those_of_the_groups() {
        let mut evidence = evidence(vec![
            cell("whole", None, 1.0, 0.95),
            cell("gated", Some(0.1), 0.3, 0.9),
            cell("gated", Some(0.5), 0.6, 0.92),
            cell("plain", None, 0.5, 0.9),
        ]);
        let shuffled = |target, accuracy| Cell {
            control: Some("shuffled".to_owned()),
            ..cell("gated", Some(target), 0.3, accuracy)
        };
        evidence.others = vec![shuffled(0.5, 0.25), shuffled(0.1, 0.5)];
        let mut lines = Vec::new();
        for one in uses(&evidence, &groups(), Some(0.1)).expect("read") {
            lines.push(format!(
                "{} n={} ρ={:?} {}",
                one.label, one.seeds, one.correlation, one.mean
            ));
            for (name, groups) in
                [("class", &one.classes), ("tenth", &one.tenths), ("quantile", &one.quantiles)]
            {
                let groups: Vec<_> = groups
                    .iter()
                    .map(|(at, Spread { mean, least, greatest })| {
                        format!("{at}: {mean} [{least}, {greatest}]")
                    })
                    .collect();
                lines.push(format!("  {name} {}", groups.join(", ")));
            }
            let gates = one.accuracies.iter().map(|one| format!("{} {:.1}", one.gates, one.mean));
            lines.push(format!("  {}", gates.collect::<Vec<_>>().join(", ")));
        }
        assert_eq!(
            lines,
            [
                // (30 * (0.25 + 0.5) + 10 * (0.5 + 0.75)) / 80
                "gated n=2 ρ=Some(0.375) 0.4375",
                "  class 0: 0.375 [0.25, 0.5], 1: 0.625 [0.5, 0.75]",
                "  tenth 0: 0.1875 [0.125, 0.25], 9: 0.625 [0.5, 0.75]",
                "  quantile 50: 0.3125 [0.25, 0.375]",
                "  own 90.0, shuffled 50.0",
                "plain n=1 ρ=None 0.5",
                "  class 0: 0.5 [0.5, 0.5]",
                "  tenth ",
                "  quantile 50: 0.5 [0.5, 0.5]",
                "  own 90.0",
            ]
        );
    }
}
