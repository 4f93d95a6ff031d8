//! Network architectures, one file each. A model knows no method.
//!
//! To add one: write its file with an implementation of
//! [`ModelKind`](swanbench_core::ModelKind), and give it a line in [`MODELS`].

mod lenet5;
mod mlp;

pub use lenet5::Lenet5;
pub use mlp::Mlp;
use swanbench_core::ModelEntry;

/// All models, in the order in which help lists them.
pub static MODELS: &[ModelEntry] = &[ModelEntry::of::<Mlp>(), ModelEntry::of::<Lenet5>()];
