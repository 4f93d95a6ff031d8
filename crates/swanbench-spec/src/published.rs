//! Numbers of a paper, which the report shows next to its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Metric, Stage};

/// A published number, and which of the experiment's own is shown next to it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// What was measured, in words: network, data, method, budget.
    #[schemars(length(min = 1))]
    pub what: String,
    /// What the paper says, as it says it, such as `16.1%` or `above 90%`.
    #[schemars(length(min = 1))]
    pub paper: String,
    /// The number of ours that is shown next to it.
    #[serde(default)]
    pub metric: Metric,
    /// Of the cell with this label; without one, no cell is ours.
    pub label: Option<String>,
    /// Of the cell of this target.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1.0))]
    pub target: Option<f64>,
    /// At this stage; by default at the last one.
    pub stage: Option<Stage>,
    /// The least number of ours that agrees with the paper's: 0.9 for `above 90%`.
    pub at_least: Option<f64>,
    /// The greatest number of ours that agrees with the paper's.
    pub at_most: Option<f64>,
    /// How ours differs, or why there is none.
    pub reason: Option<String>,
}
