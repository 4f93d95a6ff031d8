//! The build script of every crate whose tests or binaries run libtorch.
//!
//! It writes libtorch's folder into them, so that they start without `LD_LIBRARY_PATH`. A crate
//! that uses it (`build = "../swanbench-torch/rpath.rs"`) needs a direct dependency on
//! `swanbench-torch`: cargo hands metadata to direct dependents only.

fn main() {
    println!("cargo::rerun-if-env-changed=DEP_SWANBENCH_TORCH_LIBTORCH_LIB");
    let libtorch_lib = std::env::var("DEP_SWANBENCH_TORCH_LIBTORCH_LIB")
        .expect("swanbench-torch is a direct dependency and names libtorch's folder");
    println!("cargo::rustc-link-arg=-Wl,-rpath,{libtorch_lib}");
}
