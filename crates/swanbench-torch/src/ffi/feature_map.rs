//! Operations on feature maps (`shim/maps.cpp`, `shim/cells.cpp`).

use std::ptr::null;

use tch::Tensor;
use torch_sys::C_tensor;

use super::{Message, TorchError, owned};
use crate::BatchNorm;

unsafe extern "C" {
    fn swanbench_normalise_relu(
        input: *const C_tensor,
        scale: *const C_tensor,
        shift: *const C_tensor,
        other: *const C_tensor,
        running_mean: *const C_tensor,
        running_variance: *const C_tensor,
        momentum: f64,
        epsilon: f64,
        out: *mut *mut C_tensor,
    ) -> Message;
    fn swanbench_max_pool_relu(
        input: *const C_tensor,
        size: i64,
        out: *mut *mut C_tensor,
    ) -> Message;
    fn swanbench_cell_means(
        map: *const C_tensor,
        rows: i64,
        columns: i64,
        out: *mut *mut C_tensor,
    ) -> Message;
}

pub(crate) fn normalise_relu(
    input: &Tensor,
    norm: &BatchNorm<'_>,
    other: Option<&Tensor>,
) -> Result<Tensor, TorchError> {
    // Safety: a new tensor is written; all others are valid for the call. Likewise below.
    unsafe {
        owned("normalise a feature map", |out| {
            swanbench_normalise_relu(
                input.as_ptr(),
                norm.scale.as_ptr(),
                norm.shift.as_ptr(),
                other.map_or(null(), Tensor::as_ptr),
                norm.running_mean.as_ptr(),
                norm.running_variance.as_ptr(),
                norm.momentum,
                norm.epsilon,
                out,
            )
        })
    }
}

pub(crate) fn max_pool_relu(input: &Tensor, size: i64) -> Result<Tensor, TorchError> {
    unsafe { owned("pool", |out| swanbench_max_pool_relu(input.as_ptr(), size, out)) }
}

pub(crate) fn cell_means(map: &Tensor, [rows, columns]: [i64; 2]) -> Result<Tensor, TorchError> {
    unsafe { owned("average cells", |out| swanbench_cell_means(map.as_ptr(), rows, columns, out)) }
}
