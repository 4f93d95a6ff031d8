//! The data of a report: the cells of an experiment and the facts that belong to all of them.

use swanbench_results::{
    Cell, Results, RunRow, cells,
    comparison::{Gap, gaps},
    headline, is_dense_reference, last_task, middle_target, mixed_kinds,
};
use swanbench_spec::{BudgetKind, Conditions};

use crate::{
    data::timings::{TimingCell, not_timed, timings},
    error::Error,
    format,
};

/// An experiment, averaged over seeds.
#[derive(Debug, Clone)]
pub(crate) struct ReportData {
    pub experiment: String,
    pub model: String,
    pub data: String,
    /// Labels in the order of the experiment, those that have a headline.
    pub labels: Vec<String>,
    /// Hard gates at the last stage of each label: what is compared.
    pub headline: Vec<Cell>,
    /// The same of each earlier task, the first one first.
    pub earlier: Vec<Vec<Cell>>,
    /// Hard gates in each later task: before it, after some steps of it, and at its end.
    pub changes: Vec<Cell>,
    /// The task that the headline and all cells are of: the last one.
    pub task_index: u32,
    /// All stages, modes and statistics, with the method's own gates.
    pub cells: Vec<Cell>,
    /// Gates of controls or at other thresholds, in the last task.
    pub others: Vec<Cell>,
    /// Tests of each cell against the reference.
    pub gaps: Vec<Gap>,
    /// How long exported networks take, if they were timed.
    pub timings: Vec<TimingCell>,
    /// Labels whose networks could not be timed, and why.
    pub not_timed: Vec<(String, String)>,
    /// A sentence for each run that failed.
    pub failures: Vec<String>,
    /// A sentence for each cell that could not be held to its target.
    pub unreachable: Vec<String>,
    /// A sentence on the kinds of machines, if there are several.
    pub mixed: Option<String>,
    /// What a target is a share of.
    pub budget: BudgetKind,
    /// Test examples, the same for all runs; 0 if unknown.
    pub test_examples: u64,
}

impl ReportData {
    /// Averages the runs.
    ///
    /// Returns [`Error::NothingDone`] if no run is done.
    pub(crate) fn of(results: &Results) -> Result<Self, Error> {
        let (runs, about) = (&results.runs, &results.about);
        let all = cells(runs);
        let task_index = last_task(runs);
        let last = headline(&all, task_index);
        let (Some(first), false) = (runs.first(), last.is_empty()) else {
            return Err(Error::NothingDone(runs.iter().find_map(reason)));
        };
        let mut labels: Vec<String> = Vec::new();
        for cell in &last {
            if !labels.contains(&cell.label) {
                labels.push(cell.label.clone());
            }
        }
        let of_task = |is_it: fn(&Conditions) -> bool| {
            let in_task = all.iter().filter(|cell| cell.conditions.task_index == task_index);
            in_task.filter(|cell| is_it(&cell.conditions)).cloned().collect()
        };
        let mut data = Self {
            experiment: first.run.experiment.clone(),
            model: first.run.model.clone(),
            data: first.run.data.clone(),
            labels,
            earlier: (1..task_index).map(|earlier| headline(&all, earlier)).collect(),
            headline: last,
            changes: all.iter().filter(|cell| follows_a_change(cell)).cloned().collect(),
            task_index,
            cells: of_task(Conditions::has_own_gates),
            others: of_task(has_other_gates),
            gaps: Vec::new(),
            timings: timings(&results.latency),
            not_timed: not_timed(&results.latency),
            failures: runs.iter().filter_map(failure).collect(),
            unreachable: about.unreachable.iter().map(ToString::to_string).collect(),
            mixed: mixed_kinds(runs),
            budget: about.budget,
            test_examples: about.test_examples,
        };
        if let Some(reference) = data.reference() {
            data.gaps = gaps(runs, task_index, &reference.label);
        }
        Ok(data)
    }

    /// Returns what everything is compared with: the first label that is a dense reference.
    pub(crate) fn reference(&self) -> Option<&Cell> {
        let mut cells = self.headline.iter();
        cells.find(|cell| is_dense_reference(cell.target, cell.unit_flops_share))
    }

    /// Returns the cell of the same setting as `cell` under other conditions.
    pub(crate) fn sibling(&self, cell: &Cell, conditions: Conditions) -> Option<&Cell> {
        self.cells.iter().find(|other| {
            other.label == cell.label
                && other.target == cell.target
                && other.conditions == conditions
        })
    }

    /// Returns the target that is shown in detail: the middle one.
    pub(crate) fn middle_target(&self) -> Option<f64> {
        middle_target(self.headline.iter().filter_map(|cell| cell.target))
    }

    /// Returns the test of a cell against the reference.
    pub(crate) fn gap(&self, cell: &Cell) -> Option<&Gap> {
        self.gaps.iter().find(|gap| gap.label == cell.label && gap.target == cell.target)
    }

    /// Returns the least and the greatest number of seeds in a headline cell.
    pub(crate) fn seeds(&self) -> (usize, usize) {
        let counts = self.headline.iter().map(|cell| cell.n);
        (counts.clone().min().unwrap_or(0), counts.max().unwrap_or(0))
    }
}

/// Returns whether a cell is of a later task, with hard gates of the method's own.
fn follows_a_change(cell: &Cell) -> bool {
    let own = Conditions { steps: None, ..cell.conditions };
    own.task_index > 1 && own.is_headline()
}

/// Returns whether gates were hard, but not the method's own.
fn has_other_gates(conditions: &Conditions) -> bool {
    let own = Conditions { control: None, threshold: None, ..*conditions };
    own.is_headline() && !conditions.has_own_gates()
}

/// Says which run failed and why. `None` if it is done.
fn failure(row: &RunRow) -> Option<String> {
    let reason = reason(row)?;
    let at = format::at_target(row.run.target_activity);
    Some(format!("{}{at}, seed {}: {reason}", row.run.label, row.run.seed))
}

/// Returns in one line why a run failed. `None` if it is done.
fn reason(row: &RunRow) -> Option<String> {
    Some(row.reason.as_ref()?.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
pub(crate) mod samples {
    //! Cells with round numbers, for the tests of pictures and tables.

    use proptest::prelude::*;
    use swanbench_spec::{BudgetKind, Stage};

    use super::{Cell, Conditions, ReportData};

    pub(crate) fn cell(label: &str, target: Option<f64>, share: f64, accuracy: f64) -> Cell {
        Cell {
            label: label.to_owned(),
            target,
            conditions: Conditions::headline(1, Stage::Training),
            n: 3,
            test_accuracy: accuracy,
            interval: Some((accuracy - 0.01, accuracy + 0.01)),
            half_width: Some(0.01),
            activity: share,
            unit_flops_share: share,
            weight_flops_share: share / 2.0,
            weights_share: 1.0,
            params_share: share,
            gate_flops_share: 0.0,
            varying_units: 0.0,
            still_open: f64::NAN,
            flops_p5_share: share,
            flops_p95_share: share,
            train_flops: 1e12,
            epochs: 20.0,
        }
    }

    /// Labels with points of any kind: many or one, equal or far apart, without a cost or an accuracy.
    pub(crate) fn any_cells() -> impl Strategy<Value = Vec<Cell>> {
        let cost = prop_oneof![
            8 => (-6.0..0.3_f64).prop_map(|decades| 10_f64.powf(decades)),
            4 => prop::sample::select(vec![0.1, 0.5, 1.0]),
            1 => prop::sample::select(vec![0.0, f64::NAN]),
        ];
        let accuracy = prop_oneof![
            8 => 0.0..=1.0_f64,
            4 => prop::sample::select(vec![0.1, 0.9, 1.0]),
            1 => Just(f64::NAN),
        ];
        let target = prop::sample::select(vec![None, Some(0.5), Some(0.48), Some(0.1), Some(1e-3)]);
        let cell =
            (0..45_usize, target, cost, accuracy).prop_map(|(label, target, cost, accuracy)| {
                cell(&format!("label {label}"), target, cost, accuracy)
            });
        prop::collection::vec(cell, 1..60).prop_map(|mut cells| {
            cells.sort_by(|one, other| one.label.cmp(&other.label));
            cells.dedup_by(|one, other| one.label == other.label && one.target == other.target);
            cells
        })
    }

    pub(crate) fn evidence(headline: Vec<Cell>) -> ReportData {
        let mut labels: Vec<_> = headline.iter().map(|cell| cell.label.clone()).collect();
        labels.dedup();
        ReportData {
            experiment: "trial".to_owned(),
            model: "mlp".to_owned(),
            data: "digits".to_owned(),
            labels,
            cells: headline.clone(),
            headline,
            earlier: Vec::new(),
            changes: Vec::new(),
            others: Vec::new(),
            gaps: Vec::new(),
            timings: Vec::new(),
            not_timed: Vec::new(),
            task_index: 1,
            failures: Vec::new(),
            unreachable: Vec::new(),
            mixed: None,
            budget: BudgetKind::Flops,
            test_examples: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{cell, evidence};

    #[test]
    fn the_reference_follows_from_data_not_from_a_name() {
        let cells = vec![
            cell("always all", Some(0.5), 1.0, 0.95),
            cell("half", None, 0.5, 0.94),
            cell("anything", None, 1.0, 0.93),
        ];
        let data = evidence(cells);
        assert_eq!(data.reference().map(|cell| cell.label.as_str()), Some("anything"));
    }
}
