//! Runs exported networks on a CPU, without libtorch: the gates first, then only open outputs from
//! open inputs.
//!
//! A [`Network`] is read from one safetensors file, whose metadata hold a [`Description`], and is
//! checked in full. An [`Engine`] has the memory for a batch, and computes.

mod description;
mod engine;
mod error;
mod gate;
mod kernels;
mod layers;
mod network;
mod parallel;
mod shape;

pub use description::{Description, ENTRY, Operation, VERSION};
pub use engine::{Engine, Output};
pub use error::LoadError;
pub use kernels::instructions;
pub use network::{Network, Weights};
pub use parallel::ParallelEngine;
