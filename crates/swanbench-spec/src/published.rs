//! Numbers that a paper reports, for the report to set its own beside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Metric, Stage};

/// A number that was published, and which of the experiment's own belongs beside it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// What was measured, in words: network, data, method, budget.
    #[schemars(length(min = 1))]
    pub what: String,
    /// What the paper says, as it says it, such as `16.1%` or `above 90%`.
    #[schemars(length(min = 1))]
    pub paper: String,
    /// The number of ours that belongs beside it.
    #[serde(default)]
    pub metric: Metric,
    /// Of the cell with this label; no cell is ours where there is none.
    pub label: Option<String>,
    /// Of the cell of this target.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1.0))]
    pub target: Option<f64>,
    /// At this stage; at the last one where none is given.
    pub stage: Option<Stage>,
    /// In what ours differs, or why there is none.
    pub reason: Option<String>,
}
