//! What the runs measured: how it is stored, gathered and summarised.
//!
//! A [`Store`] keeps one experiment's results: a folder per run, and [`RUNS_FILE`] over all of
//! them, whose columns stand in [`columns`]. [`cells()`] averages that frame over seeds, and
//! [`headline`] picks the cells that a reader compares. Nothing here trains or draws.

mod adaptivity;
mod cells;
mod checkpoint;
mod checksums;
pub mod claims;
mod column;
pub mod columns;
pub mod comparison;
mod error;
mod experiment_metadata;
mod failure;
mod files;
mod gather;
mod listing;
mod lock;
mod measured;
mod operating;
mod parquet;
pub mod published;
mod shared;
pub mod statistics;
mod store;

pub use cells::{cells, headline, last_phase};
pub use error::Error;
pub use experiment_metadata::ExperimentMetadata;
pub use failure::Failure;
pub use files::replace_file;
pub use gather::Results;
pub use listing::{Listed, RunState};
pub use lock::{Locked, RunLock};
pub use store::{RUNS_FILE, Store};
