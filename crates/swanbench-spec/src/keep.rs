//! What an experiment keeps beside its results.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is kept of each run beside its results. It changes no result, and no run's id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Nothing.
    #[default]
    Results,
    /// The network at the end of training, with its gates and masks, which `swanbench export` reads.
    Models,
}
