//! Compiles the C++ shim against the libtorch that torch-sys found, and gives dependents its folder.

use std::{env, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=shim");
    println!("cargo::rerun-if-changed=build.rs");
    let libtorch_lib = env::var("DEP_TCH_LIBTORCH_LIB").expect("torch-sys names libtorch's folder");
    let include = Path::new(&libtorch_lib).with_file_name("include");
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .warnings(false)
        .flag("-D_GLIBCXX_USE_CXX11_ABI=1")
        .include(&include)
        .include(include.join("torch/csrc/api/include"))
        .file("shim/all.cpp")
        .compile("swanbench_shim");
    println!("cargo::metadata=libtorch_lib={libtorch_lib}");
    println!("cargo::rustc-link-arg=-Wl,-rpath,{libtorch_lib}");
}
