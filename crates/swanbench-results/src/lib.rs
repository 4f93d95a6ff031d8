//! What the runs measured: how it is stored, gathered and summarised.
//!
//! A [`Store`] keeps one experiment's results, a file per run. [`Store::gather`] puts what they hold
//! into tables over all runs, such as [`RUNS_FILE`], whose columns are the fields of [`RunRow`];
//! [`Store::read_results`] makes [`Results`] of the tables, for a report. [`cells()`] averages rows
//! over seeds, and [`headline()`] picks the cells that a reader compares. Only [`parquet`] knows
//! polars. Nothing here trains or draws.

mod adaptivity;
mod archive;
mod cells;
mod checkpoint;
mod checksums;
pub mod claims;
pub mod comparison;
mod error;
mod experiment_metadata;
mod failure;
mod files;
mod gather;
mod gathered_files;
mod groups;
mod headline;
mod index;
mod latency;
mod lease;
mod listing;
mod machine;
mod measured;
mod merge;
mod operating;
mod pack;
pub mod parquet;
pub mod published;
mod results;
mod rows;
pub mod samples;
mod schema_version;
mod shared;
pub mod statistics;
mod store;
mod verify;

pub use adaptivity::{ExampleGroup, GroupBy};
pub use cells::{Cell, cells, headline};
pub use error::Error;
pub use experiment_metadata::{ExperimentMetadata, Unreachable};
pub use failure::Failure;
pub use files::replace_file;
pub use headline::{Headline, is_dense_reference, last_task};
pub use latency::{LatencyRow, NetworkTiming, TimedNetwork};
pub use lease::Lease;
pub use listing::{Begun, Listed, RunState};
pub use machine::{Machine, mixed_kinds};
pub use merge::Merged;
pub use results::{Results, middle_target};
pub use rows::{
    EpochRow, EvaluationRow, GroupRow, OfRun, RunCost, RunKey, RunRef, RunRow, SiteRow, Status,
};
pub use store::{RUNS_FILE, Store};
