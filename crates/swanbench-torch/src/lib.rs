//! The thin layer over tch: features of libtorch that tch does not offer.
//!
//! Fused optimizers whose state is plain tensors, random generators that belong to one run instead
//! of the whole process, explicit initialisers, functions with their own backward pass (linear
//! layers, feature maps, straight-through gates, penalties), and the choice of a device. All `unsafe` code of the
//! workspace is here, in `ffi`.

mod convolution;
mod device;
mod feature_map;
mod ffi;
mod initialise;
mod linear;
mod optimizer;
mod precision;
mod switch;

pub use convolution::convolution;
pub use device::{DeviceChoice, DeviceError};
pub use feature_map::{BatchNorm, cell_means, max_pool_relu};
pub use ffi::{
    Generator, TorchError, allow_tf32, libtorch_version, low_rank, prepare_process, prepare_thread,
    squared_excess,
};
pub use initialise::{constant, fan_in, fan_in_uniform};
pub use linear::{LinearKernels, linear};
pub use optimizer::{Adam, Optimizer, Sgd};
pub use precision::Bfloat16;
pub use switch::{Factor, Switch, Switched, switch};
/// Exported again for the command, which needs nothing else of tch.
pub use tch::Device;
