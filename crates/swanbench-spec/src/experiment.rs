//! Experiments with all their runs.

use crate::{
    BudgetKind, Claim, ComponentConfig, Keep, Latency, Launcher, Published, RunSpec, Task, Train,
};

/// A checked experiment and all its runs; [`Draft::resolve`](crate::Draft::resolve) returns it.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// Names the folders of results and plots: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// One line on what it is about, for readers of the file.
    pub title: Option<String>,
    /// What the experiment asks.
    pub description: Option<String>,
    /// The YAML as it was read, without overrides.
    pub text: String,
    /// The dataset of all runs.
    pub data: ComponentConfig,
    /// The model of all runs.
    pub model: ComponentConfig,
    /// How all runs are trained.
    pub train: Train,
    /// The tasks of all runs, in order; empty if there is a single one, the data as they are.
    pub phases: Vec<Task>,
    /// One for each entry of `methods`, in order, all different.
    pub labels: Vec<String>,
    /// What a target is a share of.
    pub budget: BudgetKind,
    /// What is kept beside the results.
    pub keep: Keep,
    /// How exported networks are timed once all runs are trained; `None`: not at all.
    pub latency: Option<Latency>,
    /// Who starts the runs.
    pub launcher: Launcher,
    /// Shares of the budget that may be used, in `(0, 1]`, in the order written. Entries may have
    /// others.
    pub targets: Vec<f64>,
    /// In the order written.
    pub seeds: Vec<u64>,
    /// What the report judges, in the order written.
    pub claims: Vec<Claim>,
    /// Numbers of a paper, which the report shows next to ours.
    pub published: Vec<Published>,
    /// Entries in order, then targets, then seeds. All ids are different.
    pub runs: Vec<RunSpec>,
}
