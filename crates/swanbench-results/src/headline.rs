//! Which rows a reader compares, and with which label.

use std::collections::HashMap;

use swanbench_spec::{Conditions, Control, Stage};

use crate::RunRow;

/// How far the share of FLOPs of a net that computes everything may be from 1.
const ROUNDING: f64 = 1e-6;

/// The rows that a reader compares in one task: hard gates of the method's own, the statistics that
/// training left, and the last stage that the label has in the task.
#[derive(Debug, Clone)]
pub struct Headline<'a> {
    task_index: u32,
    last_stages: HashMap<&'a str, Stage>,
}

impl<'a> Headline<'a> {
    /// Finds the last stage of each label in the task, from the label and conditions of all rows.
    pub fn of(rows: impl Iterator<Item = (&'a str, &'a Conditions)>, task_index: u32) -> Self {
        let mut last_stages = HashMap::new();
        for (label, conditions) in rows.filter(|(_, row)| row.task_index == task_index) {
            let last = last_stages.entry(label).or_insert(conditions.stage);
            *last = conditions.stage.max(*last);
        }
        Self { task_index, last_stages }
    }

    /// Finds the last stage of each label in the task.
    pub fn of_runs(runs: &'a [RunRow], task_index: u32) -> Self {
        let rows = runs
            .iter()
            .filter_map(|row| Some((row.run.label.as_str(), &row.evaluation.as_ref()?.conditions)));
        Self::of(rows, task_index)
    }

    /// Returns whether a row of the label is one of them.
    pub fn holds(&self, label: &str, conditions: &Conditions) -> bool {
        self.holds_at(label, conditions, None)
    }

    /// Returns whether a row of the label would be one of them if this was the last stage; the last
    /// one that the label has if `None`.
    pub fn holds_at(&self, label: &str, conditions: &Conditions, stage: Option<Stage>) -> bool {
        let stage = stage.or(self.last_stages.get(label).copied());
        stage.is_some_and(|stage| *conditions == Conditions::headline(self.task_index, stage))
    }

    /// Returns whether a row of the label would be one of them if its gates were the method's own
    /// and not those of `control`.
    pub fn holds_with(&self, label: &str, row: &Conditions, control: Option<Control>) -> bool {
        row.control == control && self.holds(label, &Conditions { control: None, ..*row })
    }
}

/// Returns whether a headline with this target and share of FLOPs is a dense reference: it has no
/// target and computes everything.
pub fn is_dense_reference(target: Option<f64>, unit_flops_share: f64) -> bool {
    target.is_none() && (unit_flops_share - 1.0).abs() < ROUNDING
}

/// Returns the last task that any run was evaluated after; 1 if there is no evaluation.
pub fn last_task(runs: &[RunRow]) -> u32 {
    let tasks = runs.iter().filter_map(|row| Some(row.evaluation.as_ref()?.conditions.task_index));
    tasks.max().unwrap_or(1)
}
