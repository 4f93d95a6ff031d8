//! Network architectures, one file each. A model knows no method.
//!
//! A new one is a file with an implementation of [`ModelDef`](swanbench_core::ModelDef), its module
//! and its line in [`MODELS`]. See `crates/README.md`.

mod cifar_resnet;
mod lenet5;
mod mlp;
mod residual;
mod resnet;
mod vgg;

pub use cifar_resnet::CifarResnet;
pub use lenet5::Lenet5;
pub use mlp::Mlp;
pub use resnet::{Resnet18, Resnet50};
use swanbench_core::ModelEntry;
pub use vgg::{Vgg16, Vgg16Bn};

/// All models, in the order in which help lists them.
pub static MODELS: &[ModelEntry] = &[
    ModelEntry::of::<Mlp>(),
    ModelEntry::of::<Lenet5>(),
    ModelEntry::of::<Vgg16>(),
    ModelEntry::of::<Vgg16Bn>(),
    ModelEntry::of::<Resnet18>(),
    ModelEntry::of::<Resnet50>(),
    ModelEntry::of::<CifarResnet<20>>(),
    ModelEntry::of::<CifarResnet<32>>(),
    ModelEntry::of::<CifarResnet<56>>(),
    ModelEntry::of::<CifarResnet<110>>(),
];
