//! The boundary to the C++ shim (`shim`), each call wrapped into a safe function.
#![allow(unsafe_code)]

mod functions;

use std::ffi::{CStr, c_char, c_int};

use tch::Tensor;
use torch_sys::C_tensor;

pub(crate) use self::functions::{
    low_rank, onednn_linear, prefers_onednn, squared_hinge, switch, weighted_sum,
};

/// An error inside libtorch, with its message.
#[derive(Debug, thiserror::Error)]
#[error("libtorch could not {action}: {message}")]
pub struct TorchError {
    pub(crate) action: &'static str,
    pub(crate) message: String,
}

#[repr(C)]
pub(crate) struct RawGenerator {
    private: [u8; 0],
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
    fn swanbench_generator_cpu(seed: u64, out: *mut *mut RawGenerator) -> Message;
    fn swanbench_generator_cuda(index: c_int, seed: u64, out: *mut *mut RawGenerator) -> Message;
    fn swanbench_generator_free(generator: *mut RawGenerator);
    fn swanbench_generator_state(generator: *mut RawGenerator, out: *mut *mut C_tensor) -> Message;
    fn swanbench_generator_restore(generator: *mut RawGenerator, state: *const C_tensor)
    -> Message;
    fn swanbench_fill_uniform(
        tensor: *mut C_tensor,
        low: f64,
        high: f64,
        generator: *mut RawGenerator,
    ) -> Message;
    fn swanbench_fill_normal(
        tensor: *mut C_tensor,
        mean: f64,
        deviation: f64,
        generator: *mut RawGenerator,
    ) -> Message;
    fn swanbench_fill_bernoulli(
        tensor: *mut C_tensor,
        probability: f64,
        generator: *mut RawGenerator,
    ) -> Message;
    fn swanbench_permutation(
        count: i64,
        generator: *mut RawGenerator,
        out: *mut *mut C_tensor,
    ) -> Message;
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

/// Owner of a C++ generator.
pub(crate) struct GeneratorHandle(*mut RawGenerator);

// Safety: the generator has no tie to the thread that made it. It is not `Sync`: drawing takes
// `&mut self` above this layer.
unsafe impl Send for GeneratorHandle {}

impl Drop for GeneratorHandle {
    fn drop(&mut self) {
        // Safety: made by the shim, freed once.
        unsafe { swanbench_generator_free(self.0) }
    }
}

impl GeneratorHandle {
    /// Creates a generator on the CPU, or on the CUDA device of this index.
    pub fn new(cuda_index: Option<usize>, seed: u64) -> Result<Self, TorchError> {
        let mut raw = std::ptr::null_mut();
        // Safety: `raw` is written when the call succeeds.
        check("make a random generator", unsafe {
            match cuda_index {
                None => swanbench_generator_cpu(seed, &raw mut raw),
                Some(index) => {
                    let index = c_int::try_from(index).unwrap_or(c_int::MAX);
                    swanbench_generator_cuda(index, seed, &raw mut raw)
                }
            }
        })?;
        Ok(Self(raw))
    }

    pub fn state(&self) -> Result<Tensor, TorchError> {
        let mut raw = std::ptr::null_mut();
        // Safety: a new tensor of which we become the owner.
        unsafe {
            check("read a generator's state", swanbench_generator_state(self.0, &raw mut raw))?;
            Ok(Tensor::from_ptr(raw))
        }
    }

    pub fn restore(&mut self, state: &Tensor) -> Result<(), TorchError> {
        // Safety: both are valid for the call.
        check("restore a generator's state", unsafe {
            swanbench_generator_restore(self.0, state.as_ptr())
        })
    }

    pub fn fill_uniform(
        &mut self,
        tensor: &mut Tensor,
        low: f64,
        high: f64,
    ) -> Result<(), TorchError> {
        // Safety: both are valid for the call; likewise below.
        check("draw uniform numbers", unsafe {
            swanbench_fill_uniform(tensor.as_mut_ptr(), low, high, self.0)
        })
    }

    pub fn fill_normal(
        &mut self,
        tensor: &mut Tensor,
        mean: f64,
        deviation: f64,
    ) -> Result<(), TorchError> {
        check("draw normal numbers", unsafe {
            swanbench_fill_normal(tensor.as_mut_ptr(), mean, deviation, self.0)
        })
    }

    pub fn fill_bernoulli(
        &mut self,
        tensor: &mut Tensor,
        probability: f64,
    ) -> Result<(), TorchError> {
        check("draw coin flips", unsafe {
            swanbench_fill_bernoulli(tensor.as_mut_ptr(), probability, self.0)
        })
    }

    pub fn permutation(&mut self, count: i64) -> Result<Tensor, TorchError> {
        let mut raw = std::ptr::null_mut();
        // Safety: a new tensor of which we become the owner.
        unsafe {
            check("draw a permutation", swanbench_permutation(count, self.0, &raw mut raw))?;
            Ok(Tensor::from_ptr(raw))
        }
    }
}

pub(crate) fn prepare_process() -> Result<(), TorchError> {
    // Safety: sets flags only.
    check("set its flags", unsafe { swanbench_prepare_process() })
}

pub(crate) fn prepare_thread(threads: i32) -> Result<(), TorchError> {
    // Safety: sets flags only.
    check("set its flags", unsafe { swanbench_prepare_thread(threads) })
}

pub(crate) fn allow_tf32(allowed: bool) -> Result<(), TorchError> {
    // Safety: sets flags only.
    check("set its flags", unsafe { swanbench_allow_tf32(allowed) })
}

pub(crate) fn enter_bfloat16(cuda: bool) -> Result<(), TorchError> {
    // Safety: sets flags of this thread only.
    check("compute in bfloat16", unsafe { swanbench_enter_bfloat16(cuda) })
}

pub(crate) fn libtorch_version() -> String {
    // Safety: a constant of the shim that ends with a zero.
    let version = unsafe { CStr::from_ptr(swanbench_libtorch_version()) };
    version.to_string_lossy().into_owned()
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
