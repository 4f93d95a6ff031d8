//! Differentiable functions with their own backward pass (`shim/functions.cpp`, `shim/gates.cpp`).

use tch::Tensor;
use torch_sys::C_tensor;

use super::{Message, Tensors, TorchError, check};

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
        output: *const C_tensor,
        temperature: f64,
        threshold: f64,
        by_hard: bool,
        product: *mut *mut C_tensor,
        soft: *mut *mut C_tensor,
        hard: *mut *mut C_tensor,
    ) -> Message;
    fn swanbench_weighted_sum(
        tensors: Tensors,
        weights: *const f64,
        count: usize,
        constant: f64,
        out: *mut *mut C_tensor,
    ) -> Message;
    fn swanbench_squared_hinge(
        values: *const C_tensor,
        weight: f64,
        out: *mut *mut C_tensor,
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

/// Returns the output times the gates of its units, the soft and the hard gates.
pub(crate) fn switch(
    logits: &Tensor,
    output: &Tensor,
    temperature: f64,
    threshold: f64,
    by_hard: bool,
) -> Result<[Tensor; 3], TorchError> {
    let mut made = [std::ptr::null_mut(); 3];
    let [product, soft, hard] = &mut made;
    // Safety: new tensors of which we become the owner; the others are valid for the call.
    unsafe {
        check(
            "switch units",
            swanbench_switch(
                logits.as_ptr(),
                output.as_ptr(),
                temperature,
                threshold,
                by_hard,
                product,
                soft,
                hard,
            ),
        )?;
        Ok(made.map(|raw| Tensor::from_ptr(raw)))
    }
}

/// Adds weighted sums of tensors to a constant.
pub(crate) fn weighted_sum(
    tensors: &[&Tensor],
    weights: &[f64],
    constant: f64,
) -> Result<Tensor, TorchError> {
    assert_eq!(tensors.len(), weights.len());
    let tensors: Vec<*const C_tensor> = tensors.iter().map(|tensor| tensor.as_ptr()).collect();
    let (count, mut raw) = (tensors.len(), std::ptr::null_mut());
    // Safety: a new tensor of which we become the owner; the arrays are `count` long and outlive
    // the call, as do their tensors.
    unsafe {
        check(
            "sum tensors",
            swanbench_weighted_sum(
                tensors.as_ptr(),
                weights.as_ptr(),
                count,
                constant,
                &raw mut raw,
            ),
        )?;
        Ok(Tensor::from_ptr(raw))
    }
}

/// Returns the mean square of positive values, times a weight.
pub(crate) fn squared_hinge(values: &Tensor, weight: f64) -> Result<Tensor, TorchError> {
    let mut raw = std::ptr::null_mut();
    // Safety: a new tensor of which we become the owner; the other is valid for the call.
    unsafe {
        check(
            "square positive values",
            swanbench_squared_hinge(values.as_ptr(), weight, &raw mut raw),
        )?;
        Ok(Tensor::from_ptr(raw))
    }
}

/// Applies two linear maps.
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
