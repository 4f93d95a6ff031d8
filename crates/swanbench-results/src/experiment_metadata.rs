//! What a reader of results must know besides the numbers.

use std::fmt;

use serde::{Deserialize, Serialize};
use swanbench_spec::{BudgetKind, Claim, Published, Task};

/// What an experiment is about and how it was run, for its report.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ExperimentMetadata {
    /// The title of the report. `None` if the experiment has none.
    pub title: Option<String>,
    /// What is tried and why. `None` if the experiment does not say.
    pub description: Option<String>,
    /// What the report is to judge.
    pub claims: Vec<Claim>,
    /// The claims that were stated before the first result.
    #[serde(default)]
    pub stated: Vec<Claim>,
    /// What a target is a share of.
    #[serde(default)]
    pub budget: BudgetKind,
    /// Classes of the data; 0 if unknown.
    #[serde(default)]
    pub classes: u64,
    /// Test examples, the same for all runs; 0 if unknown.
    #[serde(default)]
    pub test_examples: u64,
    /// Numbers of a paper, which the report compares with ours.
    pub published: Vec<Published>,
    /// The tasks, one after the other; empty if there is a single one on the data as they are.
    pub phases: Vec<Task>,
    /// Cells that cannot be held to their targets, and were not trained.
    #[serde(default)]
    pub unreachable: Vec<Unreachable>,
    /// The command that repeats it.
    pub command: String,
    /// Name and version of what computed it: this program, libraries, data.
    pub versions: Vec<(String, String)>,
}

impl ExperimentMetadata {
    /// Returns the accuracy of a guess in the last task; 0 if the number of classes is unknown.
    pub fn chance(&self) -> f64 {
        let last = self.phases.last().and_then(|task| task.classes.as_ref());
        let classes = last.map_or(self.classes, |classes| classes.len() as u64);
        if classes == 0 { 0.0 } else { 1.0 / classes as f64 }
    }
}

/// A cell that cannot be held to its target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unreachable {
    /// The name under which its runs would be reported.
    pub label: String,
    /// The share of the budget that it was to be held to.
    pub target: f64,
    /// The least share that its method needs on this model.
    pub least: f64,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { label, target, least } = self;
        // The least is rounded up, so that a target of it can be met.
        let (target, least) = ((target * 1e4).round() / 1e2, (least * 1e4).ceil() / 1e2);
        write!(f, "{label} at {target}%: not reachable, least {least}%")
    }
}
