//! The thin layer over tch: features of libtorch that tch does not offer.
//!
//! Fused optimizers whose state is plain tensors, random generators that belong to one run instead
//! of the whole process, explicit initialisers, functions with their own backward pass (linear
//! layers, straight-through gates, penalties), and the choice of a device. All `unsafe` code of the
//! workspace is here, in [`ffi`].

mod device;
mod ffi;
mod generator;
mod initialise;
mod linear;
mod low_rank;
mod optimizer;
mod penalty;
mod precision;
mod process;
mod switch;

pub use device::{DeviceChoice, DeviceError};
pub use ffi::TorchError;
pub use generator::Generator;
pub use initialise::{constant, fan_in, fan_in_uniform};
pub use linear::{LinearKernels, linear};
pub use low_rank::low_rank;
pub use optimizer::{Adam, Optimizer, Sgd};
pub use penalty::{squared_hinge, weighted_sum};
pub use precision::{Bfloat16, allow_tf32};
pub use process::{libtorch_version, prepare_process, prepare_thread};
pub use switch::{Factor, Switch, Switched, switch};
/// Exported again for the command, which needs nothing else of tch.
pub use tch::Device;
