//! Sparsity methods, one file each. A method knows no model.
//!
//! `just new-method NAME` adds one: a file with an implementation of
//! [`MethodDef`](swanbench_core::MethodDef), its module and its line in [`METHODS`]. Help, checks,
//! the conformance suite and reports follow. See `crates/README.md`.

mod dense;
mod dropout;
mod fbs;
mod kwta;
mod l0;
mod magnitude;
mod network_slimming;
mod ranking;
mod read;
#[cfg(test)]
mod rescaling;
mod rigl;
mod set;
mod snip;
mod sparse_training;
mod swan;
#[cfg(test)]
mod testing;
mod units;
mod weight_masks;

use swanbench_core::MethodEntry;

use self::sparse_training::SparseTraining;

/// All methods, in the order in which help lists them.
pub static METHODS: &[MethodEntry] = &[
    MethodEntry::of::<dense::Dense>(),
    MethodEntry::of::<dropout::Dropout>(),
    MethodEntry::of::<magnitude::Magnitude>(),
    MethodEntry::of::<network_slimming::Slimming>(),
    MethodEntry::of::<snip::Snip>(),
    MethodEntry::of::<SparseTraining<set::SparseEvolution>>(),
    MethodEntry::of::<SparseTraining<rigl::Rigl>>(),
    MethodEntry::of::<kwta::WinnersTakeAll>(),
    MethodEntry::of::<fbs::Boosting>(),
    MethodEntry::of::<l0::HardConcrete>(),
    MethodEntry::of::<swan::Swan>(),
];
