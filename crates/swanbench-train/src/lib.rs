//! The one training loop, for any model, any dataset and any method.
//!
//! [`train()`] turns a [`TrainInput`] into a [`RunRecord`](swanbench_spec::RunRecord). It names no
//! method: a method's needs are data on its [`Regularizer`](swanbench_core::Regularizer).

mod checkpoint;
mod control;
mod error;
mod evaluate;
mod folding;
mod gate_statistics;
mod gated_model;
mod input;
mod kept_network;
mod measure;
mod optimizers;
mod recalibrate;
mod schedule;
mod step;
mod tensor_file;
mod train;
mod trained_model;
mod trainer;
mod usage;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use error::TrainError;
pub use folding::VaryingUnits;
pub use input::{KeepError, Next, Observer, TrainInput};
pub use kept_network::{KeptInput, KeptNetwork, KeptNetworkError, Measured, OpenUnits, SiteGates};
pub use tensor_file::TensorFileError;
pub use train::train;
pub use trained_model::TrainedModel;
