//! Sparsity methods, one file each. A method knows no model.
//!
//! To add one: write its file with an implementation of [`Method`](swanbench_core::Method), and name
//! it twice here: as a module, and in [`METHODS`]. Help, checks, the conformance suite and reports
//! follow.

mod dense;
mod dropout;
mod magnitude;
mod ranking;
mod swan;

use swanbench_core::MethodEntry;

/// All methods, in the order in which help lists them.
pub static METHODS: &[MethodEntry] = &[
    MethodEntry::of::<dense::Dense>(),
    MethodEntry::of::<dropout::Dropout>(),
    MethodEntry::of::<magnitude::Magnitude>(),
    MethodEntry::of::<swan::Swan>(),
];
