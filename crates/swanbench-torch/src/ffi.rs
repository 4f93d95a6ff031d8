//! The boundary to the C++ shim (`shim`), each call wrapped into a safe function.
#![allow(unsafe_code)]

mod feature_map;
mod functions;
mod generator;

use std::ffi::{CStr, c_char, c_int};

use tch::Tensor;
use torch_sys::C_tensor;

pub(crate) use self::{
    feature_map::{cell_means, max_pool_relu, normalise_relu},
    functions::{onednn_linear, prefers_onednn, switch},
};
pub use self::{
    functions::{low_rank, squared_excess},
    generator::Generator,
};

/// An error inside libtorch, with its message.
#[derive(Debug, thiserror::Error)]
#[error("libtorch could not {action}: {message}")]
pub struct TorchError {
    pub(crate) action: &'static str,
    pub(crate) message: String,
}

type Tensors = *const *const C_tensor;
type Message = *mut c_char;

unsafe extern "C" {
    fn swanbench_free_message(message: Message);
    fn swanbench_fused_adam(
        parameters: Tensors,
        first_moments: Tensors,
        second_moments: Tensors,
        steps: Tensors,
        all_steps: *const C_tensor,
        count: usize,
        learning_rate: f64,
        beta1: f64,
        beta2: f64,
        weight_decay: f64,
        epsilon: f64,
    ) -> Message;
    fn swanbench_fused_sgd(
        parameters: Tensors,
        momenta: Tensors,
        count: usize,
        learning_rate: f64,
        momentum: f64,
        weight_decay: f64,
    ) -> Message;
    fn swanbench_drop_gradients(parameters: Tensors, count: usize) -> Message;
    fn swanbench_prepare_process() -> Message;
    fn swanbench_prepare_thread(threads: c_int) -> Message;
    fn swanbench_allow_tf32(allowed: bool) -> Message;
    fn swanbench_enter_bfloat16(cuda: bool) -> Message;
    fn swanbench_leave_bfloat16(cuda: bool) -> Message;
    fn swanbench_computes_in_bfloat16() -> bool;
    fn swanbench_libtorch_version() -> *const c_char;
    fn swanbench_load_cuda() -> Message;
}

/// Turns a message of the shim into a `Result`.
fn check(action: &'static str, message: Message) -> Result<(), TorchError> {
    if message.is_null() {
        return Ok(());
    }
    // Safety: the shim passes a string from `strdup` that nobody else frees.
    let text = unsafe {
        let text = CStr::from_ptr(message).to_string_lossy().into_owned();
        swanbench_free_message(message);
        text
    };
    Err(TorchError { action, message: text })
}

/// Takes the ownership of a new tensor that a function of the shim writes.
///
/// # Safety
/// `call` writes a tensor that nobody else owns if it returns no message.
unsafe fn owned(
    action: &'static str,
    call: impl FnOnce(*mut *mut C_tensor) -> Message,
) -> Result<Tensor, TorchError> {
    let mut raw = std::ptr::null_mut();
    check(action, call(&raw mut raw))?;
    Ok(unsafe { Tensor::from_ptr(raw) })
}

fn pointers(tensors: &[Tensor]) -> Vec<*const C_tensor> {
    tensors.iter().map(Tensor::as_ptr).collect()
}

/// Hyper-parameters of one Adam step.
pub(crate) struct AdamStep {
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub weight_decay: f64,
    pub epsilon: f64,
}

pub(crate) fn fused_adam(
    parameters: &[Tensor],
    first_moments: &[Tensor],
    second_moments: &[Tensor],
    steps: &[Tensor],
    all_steps: &Tensor,
    step: &AdamStep,
) -> Result<(), TorchError> {
    let count = parameters.len();
    assert!([first_moments, second_moments, steps].iter().all(|state| state.len() == count));
    // Safety: the arrays are `count` valid tensors each and outlive the call.
    check("take an Adam step", unsafe {
        swanbench_fused_adam(
            pointers(parameters).as_ptr(),
            pointers(first_moments).as_ptr(),
            pointers(second_moments).as_ptr(),
            pointers(steps).as_ptr(),
            all_steps.as_ptr(),
            count,
            step.learning_rate,
            step.beta1,
            step.beta2,
            step.weight_decay,
            step.epsilon,
        )
    })
}

pub(crate) fn fused_sgd(
    parameters: &[Tensor],
    momenta: &[Tensor],
    learning_rate: f64,
    momentum: f64,
    weight_decay: f64,
) -> Result<(), TorchError> {
    assert_eq!(parameters.len(), momenta.len());
    // Safety: as above.
    check("take an SGD step", unsafe {
        swanbench_fused_sgd(
            pointers(parameters).as_ptr(),
            pointers(momenta).as_ptr(),
            parameters.len(),
            learning_rate,
            momentum,
            weight_decay,
        )
    })
}

pub(crate) fn drop_gradients(parameters: &[Tensor]) -> Result<(), TorchError> {
    // Safety: as above.
    check("drop gradients", unsafe {
        swanbench_drop_gradients(pointers(parameters).as_ptr(), parameters.len())
    })
}

/// Prepares the process, once, before the first tensor: memory that steps free and allocate again
/// stays in the heap, and cuDNN chooses deterministic algorithms, without timing trials.
///
/// Returns an error if libtorch fails.
pub fn prepare_process() -> Result<(), TorchError> {
    // Safety: sets flags only.
    check("set its flags", unsafe { swanbench_prepare_process() })
}

/// Prepares a thread that trains, once: one libtorch thread, so that parallel runs neither compete
/// for cores nor change each other's order of summation; and denormal numbers count as zero, since
/// saturated gates would otherwise slow a run a hundredfold.
///
/// Returns an error if libtorch fails.
pub fn prepare_thread() -> Result<(), TorchError> {
    // Safety: sets flags only.
    check("set its flags", unsafe { swanbench_prepare_thread(1) })
}

/// Allows matrix products and convolutions on CUDA to round their inputs to TF32, or forbids it, for
/// the whole process. PyTorch allows it for convolutions by default.
///
/// Returns an error if libtorch fails.
pub fn allow_tf32(allowed: bool) -> Result<(), TorchError> {
    // Safety: sets flags only.
    check("set its flags", unsafe { swanbench_allow_tf32(allowed) })
}

/// Returns the version of libtorch that this program was built with, such as `2.11.0`.
pub fn libtorch_version() -> String {
    // Safety: a constant of the shim that ends with a zero.
    let version = unsafe { CStr::from_ptr(swanbench_libtorch_version()) };
    version.to_string_lossy().into_owned()
}

pub(crate) fn enter_bfloat16(cuda: bool) -> Result<(), TorchError> {
    // Safety: sets flags of this thread only.
    check("compute in bfloat16", unsafe { swanbench_enter_bfloat16(cuda) })
}

/// Returns whether layers on the CPU compute in bfloat16 in this thread.
pub(crate) fn computes_in_bfloat16() -> bool {
    // Safety: reads a flag of this thread only.
    unsafe { swanbench_computes_in_bfloat16() }
}

pub(crate) fn leave_bfloat16(cuda: bool) -> Result<(), TorchError> {
    // Safety: as above.
    check("compute in 32 bits again", unsafe { swanbench_leave_bfloat16(cuda) })
}

pub(crate) fn load_cuda() -> Result<(), TorchError> {
    // Safety: loads a library that belongs to the libtorch in use.
    check("load its CUDA half", unsafe { swanbench_load_cuda() })
}
