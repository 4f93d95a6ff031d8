//! The build script of every crate whose tests or binaries run libtorch.
//!
//! It writes libtorch's folder into them, so that they start without `LD_LIBRARY_PATH`. A crate
//! that uses it (`build = "../swanbench-torch/rpath.rs"`) needs a direct dependency on
//! `swanbench-torch`: cargo passes metadata to direct dependents only. In a build of the command
//! without libtorch it writes nothing.

use std::env;

/// Passes the folder to the linker, if the build has libtorch.
pub fn main() {
    println!("cargo::rerun-if-env-changed=DEP_SWANBENCH_TORCH_LIBTORCH_LIB");
    match env::var("DEP_SWANBENCH_TORCH_LIBTORCH_LIB") {
        Ok(folder) => println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}"),
        Err(_) => assert!(
            env::var_os("CARGO_FEATURE_DEFAULT").is_none(),
            "swanbench-torch is a direct dependency and names libtorch's folder"
        ),
    }
}
