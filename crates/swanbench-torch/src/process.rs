//! libtorch's flags of the process or of a thread.

use crate::{TorchError, ffi};

/// Prepares the process, once, before the first tensor: memory that steps free and allocate again
/// stays in the heap, and cuDNN chooses deterministic algorithms, without timing trials.
///
/// # Errors
/// Returns an error if libtorch fails, for example out of memory.
pub fn prepare_process() -> Result<(), TorchError> {
    ffi::prepare_process()
}

/// Returns the version of libtorch that this program was built with, such as `2.11.0`.
#[must_use]
pub fn libtorch_version() -> String {
    ffi::libtorch_version()
}

/// Prepares a thread that trains, once: one libtorch thread, so that parallel runs neither compete
/// for cores nor change each other's order of summation; and denormal numbers count as zero, since
/// saturated gates would otherwise slow a run a hundredfold.
///
/// # Errors
/// Returns an error if libtorch fails, for example out of memory.
pub fn prepare_thread() -> Result<(), TorchError> {
    ffi::prepare_thread(1)
}
