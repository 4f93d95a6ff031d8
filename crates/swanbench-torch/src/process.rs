//! Flags that libtorch keeps for the process or for a thread.

use crate::{TorchError, ffi};

/// Once, before the first tensor: memory that steps free and ask for again stays in the heap, and
/// cuDNN chooses deterministic algorithms, without timing trials.
///
/// # Errors
/// What libtorch refuses.
pub fn prepare_process() -> Result<(), TorchError> {
    ffi::prepare_process()
}

/// The version of libtorch that this program was built with, such as `2.11.0`.
#[must_use]
pub fn libtorch_version() -> String {
    ffi::libtorch_version()
}

/// Once in every thread that trains: one libtorch thread, so that runs side by side neither fight
/// for cores nor change each other's order of summation, and denormal numbers count as zero, which
/// keeps saturated gates from slowing a run a hundredfold.
///
/// # Errors
/// What libtorch refuses.
pub fn prepare_thread() -> Result<(), TorchError> {
    ffi::prepare_thread(1)
}
