//! What stands behind the picture: how the units of each site were used, by label.

use polars::prelude::{DataFrame, PolarsResult};

use crate::data::record::Record;

/// A site of one label, mean over seeds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Site {
    pub name: String,
    pub units: f64,
    /// Shares of the units: always open, input-dependent, always closed.
    pub shares: [f64; 3],
}

/// The sites of one label at one target.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gates {
    pub label: String,
    pub target: Option<f64>,
    /// In the order of the model.
    pub sites: Vec<Site>,
}

/// A row of the frame of sites.
struct Row {
    label: String,
    target: Option<f64>,
    phase: u64,
    fine_tuned: bool,
    site: String,
    units: u64,
    counts: [u64; 3],
}

/// The sites of `label` at its last phase and stage and the target nearest to `middle`, by their
/// ratio. None where nothing was stored.
pub(crate) fn gates(
    sites: &DataFrame,
    label: &str,
    middle: Option<f64>,
) -> PolarsResult<Option<Gates>> {
    let mut rows = rows(sites)?;
    rows.retain(|row| row.label == label);
    let Some(last) = rows.iter().map(|row| (row.phase, row.fine_tuned)).max() else {
        return Ok(None);
    };
    rows.retain(|row| (row.phase, row.fine_tuned) == last);
    let distance = |target: f64| middle.map_or(0.0, |middle| (target / middle).ln().abs());
    let targets = rows.iter().filter_map(|row| row.target);
    let target = targets.min_by(|one, other| distance(*one).total_cmp(&distance(*other)));
    rows.retain(|row| row.target == target);
    let mut names: Vec<&String> = Vec::new();
    for row in &rows {
        if !names.contains(&&row.site) {
            names.push(&row.site);
        }
    }
    let site = |name: &&String| {
        let seeds: Vec<_> = rows.iter().filter(|row| row.site == **name).collect();
        let mean = |value: &dyn Fn(&Row) -> f64| {
            seeds.iter().map(|row| value(row)).sum::<f64>() / seeds.len() as f64
        };
        Site {
            name: (*name).clone(),
            units: mean(&|row| row.units as f64),
            shares: [0, 1, 2]
                .map(|use_of| mean(&|row| row.counts[use_of] as f64 / row.units.max(1) as f64)),
        }
    };
    let sites = names.iter().map(site).collect();
    Ok(Some(Gates { label: label.to_owned(), target, sites }))
}

fn rows(sites: &DataFrame) -> PolarsResult<Vec<Row>> {
    let read = |record: Record| {
        Ok(Row {
            label: record.text("label")?,
            target: record.number("target_activity")?,
            phase: record.count("phase")?,
            fine_tuned: record.text("stage")? == "fine-tuned",
            site: record.text("site")?,
            units: record.count("units")?,
            counts: [
                record.count("always_open")?,
                record.count("input_dependent")?,
                record.count("always_closed")?,
            ],
        })
    };
    Record::all(sites).map(read).collect()
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    /// What stands behind the picture, a line a site.
    #[test]
    fn the_shares_are_those_of_the_last_stage_at_the_middle_target() {
        let (raw, tuned) = ("raw", "fine-tuned");
        let sites = df!(
            "label" => ["gated", "gated", "gated", "gated", "gated", "pruned", "pruned", "whole"],
            "target_activity" =>
                [Some(0.5), Some(0.1), Some(0.1), Some(0.1), Some(0.1), Some(0.2), Some(0.2), None],
            "phase" => [1_u64; 8],
            "stage" => [raw, raw, raw, raw, raw, raw, tuned, raw],
            "site" => ["fc1", "fc1", "fc2", "fc1", "fc2", "fc1", "fc1", "fc1"],
            "units" => [10_u64, 10, 4, 10, 4, 10, 10, 10],
            "always_open" => [5_u64, 1, 1, 3, 1, 9, 2, 10],
            "input_dependent" => [0_u64, 2, 1, 4, 3, 0, 0, 0],
            "always_closed" => [5_u64, 7, 2, 3, 0, 1, 8, 0],
        )
        .expect("columns of one length");
        let middle = Some(0.1);
        let mut lines = Vec::new();
        for label in ["gated", "pruned", "whole"] {
            let gates = gates(&sites, label, middle).expect("read").expect("rows");
            for site in gates.sites {
                let [open, dependent, closed] = site.shares;
                lines.push(format!(
                    "{label} {:?} {} {}: {open:.3} {dependent:.3} {closed:.3}",
                    gates.target, site.name, site.units
                ));
            }
        }
        assert_eq!(
            lines,
            [
                "gated Some(0.1) fc1 10: 0.200 0.300 0.500",
                "gated Some(0.1) fc2 4: 0.250 0.500 0.250",
                "pruned Some(0.2) fc1 10: 0.200 0.000 0.800",
                "whole None fc1 10: 1.000 0.000 0.000",
            ]
        );
        assert_eq!(gates(&sites, "unknown", middle).expect("read"), None);
    }
}
