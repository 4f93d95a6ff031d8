//! What a reader of results must know besides the numbers.

use serde::{Deserialize, Serialize};
use swanbench_spec::{Claim, Published, Task};

/// What an experiment is about and how it was run, for its report.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ExperimentMetadata {
    /// The title of the report. `None` if the experiment has none.
    pub title: Option<String>,
    /// What is tried and why. `None` if the experiment does not say.
    pub description: Option<String>,
    /// What the report is to judge.
    pub claims: Vec<Claim>,
    /// Numbers of a paper, which the report compares with ours.
    pub published: Vec<Published>,
    /// The tasks, one after the other; empty if there is a single one on the data as they are.
    pub phases: Vec<Task>,
    /// The command that repeats it.
    pub command: String,
    /// Name and version of what computed it: this program, libraries, data.
    pub versions: Vec<(String, String)>,
}
