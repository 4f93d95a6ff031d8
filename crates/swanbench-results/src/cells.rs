//! From runs to cells: all seeds of one setting become one.

use std::collections::HashMap;

use swanbench_spec::{BudgetKind, Conditions, Evaluation};

use crate::{headline::Headline, rows::RunRow, statistics::Summary};

/// All seeds of one setting under the same conditions. Accuracies and shares lie in `[0, 1]`; what
/// was not measured is NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The name under which the runs are reported.
    pub label: String,
    /// The share of the budget to keep. `None` if the method has no target.
    pub target: Option<f64>,
    /// How the networks were evaluated.
    pub conditions: Conditions,
    /// The number of seeds.
    pub n: usize,
    /// The mean over seeds.
    pub test_accuracy: f64,
    /// The 95% interval of the mean, by Student's t, or the range of the seeds where it would leave
    /// `[0, 1]`. `None` if there is one seed.
    pub interval: Option<(f64, f64)>,
    /// Half the width of the interval. `None` if there is none, or if it is the range of the seeds.
    pub half_width: Option<f64>,
    /// Units open over those of the dense model.
    pub activity: f64,
    /// FLOPs over the dense model's if closed units are skipped.
    pub unit_flops_share: f64,
    /// FLOPs over the dense model's if single zero weights are skipped too.
    pub weight_flops_share: f64,
    /// Weights that are not pruned singly, over all of the network.
    pub weights_share: f64,
    /// Parameters over the dense model's.
    pub params_share: f64,
    /// FLOPs that decide the gates over the dense model's.
    pub gate_flops_share: f64,
    /// Units whose gates differ from example to example.
    pub varying_units: f64,
    /// How much of what was open at the end of the first task is open.
    pub still_open: f64,
    /// The 5th percentile of an example's FLOPs over the dense model's.
    pub flops_p5_share: f64,
    /// The 95th percentile of an example's FLOPs over the dense model's.
    pub flops_p95_share: f64,
    /// FLOPs spent in training.
    pub train_flops: f64,
    /// Epochs of training and recovery together.
    pub epochs: f64,
}

impl Cell {
    /// Returns whether both are of one setting and stage.
    pub fn is_of(&self, other: &Self) -> bool {
        self.label == other.label
            && self.target == other.target
            && self.conditions.stage == other.conditions.stage
    }

    /// Returns the share of the budget that was used, as [`Evaluation::used_share`].
    pub fn used_share(&self, budget: BudgetKind) -> f64 {
        budget.used_share(self.weight_flops_share, self.activity * self.weights_share)
    }

    fn of(seeds: &[(&RunRow, &Evaluation)]) -> Self {
        let mean = |value: fn(&Evaluation) -> f64| mean(seeds.iter().map(|(_, one)| value(one)));
        let (RunRow { run, .. }, first) = seeds[0];
        let accuracies: Vec<f64> = seeds.iter().map(|(_, one)| one.test_accuracy).collect();
        let accuracy = Summary::of(&accuracies);
        Self {
            label: run.label.clone(),
            target: run.target_activity,
            conditions: first.conditions,
            n: seeds.len(),
            test_accuracy: accuracy.mean,
            interval: accuracy.interval_of_shares(),
            half_width: accuracy.half_width_of_shares(),
            activity: mean(|one| one.activity),
            unit_flops_share: mean(|one| one.unit_flops_share),
            weight_flops_share: mean(|one| one.weight_flops_share),
            weights_share: mean(|one| one.weights_share),
            params_share: mean(|one| one.params_share),
            gate_flops_share: mean(|one| share_of_dense(one, one.gate_flops)),
            varying_units: mean(|one| one.varying_units as f64),
            still_open: self::mean(seeds.iter().filter_map(|(_, one)| one.still_open)),
            flops_p5_share: mean(|one| share_of_dense(one, one.flops_p5)),
            flops_p95_share: mean(|one| share_of_dense(one, one.flops_p95)),
            train_flops: self::mean(seeds.iter().filter_map(|(row, _)| row.cost.train_flops)),
            epochs: self::mean(seeds.iter().map(|(row, _)| f64::from(row.run.epochs))),
        }
    }
}

/// Averages the runs that are done by label, target and conditions, in the order in which these
/// first appear in `runs`.
pub fn cells(runs: &[RunRow]) -> Vec<Cell> {
    let mut groups: Vec<Vec<(&RunRow, &Evaluation)>> = Vec::new();
    // The groups of each label and target: one for each of a few conditions.
    let mut settings: HashMap<(&str, Option<u64>), Vec<usize>> = HashMap::new();
    for row in runs {
        let Some(evaluation) = &row.evaluation else { continue };
        let setting = (row.run.label.as_str(), row.run.target_activity.map(f64::to_bits));
        let own = settings.entry(setting).or_default();
        let is_own = |group: &usize| groups[*group][0].1.conditions == evaluation.conditions;
        if let Some(group) = own.iter().copied().find(is_own) {
            groups[group].push((row, evaluation));
        } else {
            own.push(groups.len());
            groups.push(vec![(row, evaluation)]);
        }
    }
    groups.iter().map(|seeds| Cell::of(seeds)).collect()
}

/// Returns the cells that a reader compares in a task, as [`Headline`] says.
pub fn headline(cells: &[Cell], task_index: u32) -> Vec<Cell> {
    let rows = cells.iter().map(|cell| (cell.label.as_str(), &cell.conditions));
    let headline = Headline::of(rows, task_index);
    cells.iter().filter(|cell| headline.holds(&cell.label, &cell.conditions)).cloned().collect()
}

/// Returns a cost over the dense model's FLOPs, which is how the record defines `unit_flops_share`.
fn share_of_dense(evaluation: &Evaluation, cost: f64) -> f64 {
    cost / evaluation.unit_flops * evaluation.unit_flops_share
}

/// Returns the mean. NaN if there is no value.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use swanbench_spec::{Mode, Stage};

    use super::*;
    use crate::{
        RunKey,
        samples::{done, evaluation, failed, run},
    };

    /// Seeds 0 and 1 of pruning, raw and fine-tuned; one failed; dense with one seed and no target.
    fn runs() -> Vec<RunRow> {
        let raw = Conditions::headline(1, Stage::Training);
        let tuned = Conditions::headline(1, Stage::Recovery);
        let soft = Conditions { mode: Mode::Soft, ..raw };
        let pruned = |conditions, seed, epochs, accuracy, share, (low, high)| {
            let pruned = RunKey { epochs, ..run("pruned", Some(0.1), seed) };
            let costs = Evaluation {
                gate_flops: 10.0,
                flops_p5: low,
                flops_p95: high,
                ..evaluation(conditions, accuracy, share)
            };
            done(pruned, costs)
        };
        let whole = |conditions| done(run("whole", None, 0), evaluation(conditions, 0.95, 1.0));
        vec![
            pruned(raw, 0, 7, 0.2, 0.1, (50.0, 200.0)),
            pruned(tuned, 0, 7, 0.9, 0.1, (50.0, 200.0)),
            pruned(raw, 1, 9, 0.4, 0.12, (70.0, 220.0)),
            pruned(tuned, 1, 9, 0.94, 0.12, (70.0, 220.0)),
            failed(run("pruned", Some(0.5), 0)),
            whole(raw),
            whole(soft),
        ]
    }

    fn lines(cells: &[Cell]) -> Vec<String> {
        let line = |cell: &Cell| {
            let Conditions { stage, mode, .. } = cell.conditions;
            format!("{} {:?} {stage} {mode} {}", cell.label, cell.target, cell.n)
        };
        cells.iter().map(line).collect()
    }

    #[test]
    fn seeds_become_one_cell_in_the_order_of_runs() {
        let expected = [
            "pruned Some(0.1) raw hard 2",
            "pruned Some(0.1) fine-tuned hard 2",
            "whole None raw hard 1",
            "whole None raw soft 1",
        ];
        assert_eq!(lines(&cells(&runs())), expected);
        assert_eq!(cells(&[]), []);
    }

    #[test]
    fn a_cell_has_means_and_an_interval() {
        let cells = cells(&runs());
        let (low, high) = cells[0].interval.expect("two seeds");
        for (found, expected) in [
            (cells[0].test_accuracy, 0.3),
            // sd 0.1414, t(1) * sd / sqrt(2) = 12.7062 * 0.1 = 1.27062, beyond 0 and 1: the range.
            (low, 0.2),
            (high, 0.4),
            (cells[1].test_accuracy, 0.92),
            (cells[1].unit_flops_share, 0.11),
            // The dense model has 1000 FLOPs: the mean of 50 / 1000 and 70 / 1000.
            (cells[1].gate_flops_share, 0.01),
            (cells[1].flops_p5_share, 0.06),
            (cells[1].flops_p95_share, 0.21),
            (cells[1].train_flops, 1e9),
            (cells[0].epochs, 8.0),
            (cells[2].test_accuracy, 0.95),
            (cells[2].epochs, 20.0),
        ] {
            assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        }
        // The range of two seeds is as wide on both sides, and no interval of the mean.
        assert_eq!(cells[0].half_width, None);
        assert_eq!((cells[2].interval, cells[2].half_width), (None, None));
    }

    #[test]
    fn the_headline_is_hard_at_the_last_stage() {
        let headline = headline(&cells(&runs()), 1);
        assert_eq!(
            lines(&headline),
            ["pruned Some(0.1) fine-tuned hard 2", "whole None raw hard 1"]
        );
        assert_eq!(super::headline(&headline, 2), []);
    }
}
