//! The bars of the picture: how the units of each site were used, by label.

use swanbench_results::SiteRow;
use swanbench_spec::SiteUse;

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

/// Returns the sites of `label` at its last task and stage and the target nearest to `middle`, by
/// their ratio. `None` if nothing was stored.
pub(crate) fn gates(sites: &[SiteRow], label: &str, middle: Option<f64>) -> Option<Gates> {
    let mut rows: Vec<&SiteRow> = sites.iter().filter(|one| one.run.label == label).collect();
    let last = rows.iter().map(|one| (one.row.task_index, one.row.stage)).max()?;
    rows.retain(|one| (one.row.task_index, one.row.stage) == last);
    let distance = |target: f64| middle.map_or(0.0, |middle| (target / middle).ln().abs());
    let targets = rows.iter().filter_map(|one| one.run.target_activity);
    let target = targets.min_by(|one, other| distance(*one).total_cmp(&distance(*other)));
    rows.retain(|one| one.run.target_activity == target);
    let rows: Vec<&SiteUse> = rows.into_iter().map(|one| &one.row).collect();
    let mut names: Vec<&String> = Vec::new();
    for row in &rows {
        if !names.contains(&&row.site) {
            names.push(&row.site);
        }
    }
    let site = |name: &&String| {
        let seeds: Vec<_> = rows.iter().filter(|row| row.site == **name).collect();
        let mean = |value: fn(&SiteUse) -> u64, of: fn(&SiteUse) -> u64| {
            let shares = seeds.iter().map(|row| value(row) as f64 / of(row).max(1) as f64);
            shares.sum::<f64>() / seeds.len() as f64
        };
        let share = |value| mean(value, |row| row.units);
        Site {
            name: (*name).clone(),
            units: mean(|row| row.units, |_| 1),
            shares: [
                share(|row| row.always_open),
                share(|row| row.input_dependent),
                share(|row| row.always_closed),
            ],
        }
    };
    let sites = names.iter().map(site).collect();
    Some(Gates { label: label.to_owned(), target, sites })
}

#[cfg(test)]
mod tests {
    use swanbench_results::samples::run_ref;
    use swanbench_spec::Stage;

    use super::*;

    /// A line per site.
    #[test]
    fn shares_are_of_the_last_stage_and_middle_target() {
        let (raw, tuned) = (Stage::Training, Stage::Recovery);
        let sites = [
            ("gated", Some(0.5), raw, "fc1", 10, [5, 0, 5]),
            ("gated", Some(0.1), raw, "fc1", 10, [1, 2, 7]),
            ("gated", Some(0.1), raw, "fc2", 4, [1, 1, 2]),
            ("gated", Some(0.1), raw, "fc1", 10, [3, 4, 3]),
            ("gated", Some(0.1), raw, "fc2", 4, [1, 3, 0]),
            ("pruned", Some(0.2), raw, "fc1", 10, [9, 0, 1]),
            ("pruned", Some(0.2), tuned, "fc1", 10, [2, 0, 8]),
            ("whole", None, raw, "fc1", 10, [10, 0, 0]),
        ]
        .map(|(label, target, stage, site, units, [open, dependent, closed])| SiteRow {
            run: run_ref(label, target, 0),
            row: SiteUse {
                task_index: 1,
                stage,
                site: site.to_owned(),
                units,
                always_open: open,
                input_dependent: dependent,
                always_closed: closed,
                activity: 0.5,
                entropy: 0.5,
            },
        });
        let middle = Some(0.1);
        let mut lines = Vec::new();
        for label in ["gated", "pruned", "whole"] {
            let gates = gates(&sites, label, middle).expect("rows");
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
        assert_eq!(gates(&sites, "unknown", middle), None);
    }
}
