//! What a reader of results must know beside the numbers.

use serde::{Deserialize, Serialize};
use swanbench_spec::{Claim, Published, Task};

/// What an experiment is about and how it was run, for its report.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ExperimentMetadata {
    /// One line on the experiment.
    pub title: Option<String>,
    /// What the experiment asks.
    pub description: Option<String>,
    /// What the report is to judge.
    pub claims: Vec<Claim>,
    /// Numbers of a paper, beside which the report sets ours.
    pub published: Vec<Published>,
    /// The tasks of the phases; none where there is a single phase on the data as they are.
    pub phases: Vec<Task>,
    /// The command that repeats it.
    pub command: String,
    /// Name and version of what computed it: this program, libraries, data.
    pub versions: Vec<(String, String)>,
}
