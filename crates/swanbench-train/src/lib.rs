//! The one training loop, for any model, any dataset and any method.
//!
//! [`train`] turns a [`Job`] into a [`RunRecord`](swanbench_spec::RunRecord). It names no method:
//! what a method wants stands on its [`Regularizer`](swanbench_core::Regularizer).

mod checkpoint;
mod control;
mod error;
mod evaluate;
mod job;
mod measure;
mod network;
mod optimizers;
mod recalibrate;
mod schedule;
mod step;
mod train;
mod usage;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use error::TrainError;
pub use job::{Job, KeepError, Next, Observer};
pub use train::train;
