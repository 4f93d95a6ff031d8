//! A run that did not finish.

use serde::{Deserialize, Serialize};

use crate::Machine;

/// Why and when a run stopped; stored so that the report can say it, never counted as done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// The error with its causes, in one line.
    pub reason: String,
    /// The epoch in which it happened, counted from 1. `None` before the first.
    pub epoch: Option<u32>,
    /// Wall time until then, in seconds.
    pub wall_secs: f64,
    /// Where the run was computed.
    #[serde(flatten)]
    pub machine: Machine,
}
