//! Sparsity methods, one file each. A method knows no model.
//!
//! To add one: write its file with an implementation of [`Method`](swanbench_core::Method), and
//! give it a line in [`METHODS`]. Help, checks, the conformance suite and reports follow.

mod dense;
mod dropout;
mod magnitude;
mod ranking;
mod swan;

pub use dense::Dense;
pub use dropout::Dropout;
pub use magnitude::Magnitude;
pub use swan::Swan;
use swanbench_core::MethodEntry;

/// All methods, in the order in which help lists them.
pub static METHODS: &[MethodEntry] = &[
    MethodEntry::of::<Dense>(),
    MethodEntry::of::<Dropout>(),
    MethodEntry::of::<Magnitude>(),
    MethodEntry::of::<Swan>(),
];
