//! Differentiable functions with a backward pass of our own (`shim/functions.cpp`).

use tch::Tensor;
use torch_sys::C_tensor;

use super::{Message, TorchError, check};

unsafe extern "C" {
    fn swanbench_prefers_onednn() -> bool;
    fn swanbench_onednn_linear(
        input: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        out: *mut *mut C_tensor,
    ) -> Message;
    fn swanbench_switch(
        logits: *const C_tensor,
        temperature: f64,
        threshold: f64,
        soft: *mut *mut C_tensor,
        hard: *mut *mut C_tensor,
    ) -> Message;
    fn swanbench_low_rank(
        input: *const C_tensor,
        reduce: *const C_tensor,
        expand: *const C_tensor,
        bias: *const C_tensor,
        out: *mut *mut C_tensor,
    ) -> Message;
}

pub(crate) fn prefers_onednn() -> bool {
    // Safety: asks the processor only.
    unsafe { swanbench_prefers_onednn() }
}

pub(crate) fn onednn_linear(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
) -> Result<Tensor, TorchError> {
    let mut raw = std::ptr::null_mut();
    let bias = bias.map_or(std::ptr::null(), Tensor::as_ptr);
    // Safety: a new tensor of which we become the owner; all others are valid for the call.
    unsafe {
        check(
            "apply a linear layer",
            swanbench_onednn_linear(input.as_ptr(), weight.as_ptr(), bias, &raw mut raw),
        )?;
        Ok(Tensor::from_ptr(raw))
    }
}

/// Soft and hard gates.
pub(crate) fn switch(
    logits: &Tensor,
    temperature: f64,
    threshold: f64,
) -> Result<(Tensor, Tensor), TorchError> {
    let (mut soft, mut hard) = (std::ptr::null_mut(), std::ptr::null_mut());
    // Safety: new tensors of which we become the owner; the other is valid for the call.
    unsafe {
        check(
            "switch gates",
            swanbench_switch(logits.as_ptr(), temperature, threshold, &raw mut soft, &raw mut hard),
        )?;
        Ok((Tensor::from_ptr(soft), Tensor::from_ptr(hard)))
    }
}

/// Two maps, one after the other.
pub(crate) fn low_rank(
    input: &Tensor,
    reduce: &Tensor,
    expand: &Tensor,
    bias: &Tensor,
) -> Result<Tensor, TorchError> {
    let mut raw = std::ptr::null_mut();
    let [reduce, expand, bias] = [reduce, expand, bias].map(Tensor::as_ptr);
    // Safety: a new tensor of which we become the owner; all others are valid for the call.
    unsafe {
        check(
            "apply a low-rank map",
            swanbench_low_rank(input.as_ptr(), reduce, expand, bias, &raw mut raw),
        )?;
        Ok(Tensor::from_ptr(raw))
    }
}
