//! Passes libtorch's folder to the linker, and the commit to `swanbench --version`.

#[path = "../swanbench-torch/rpath.rs"]
mod rpath;

use std::{env, path::Path, process::Command};

fn main() {
    rpath::main();
    // Both change when another commit is checked out, the second also when one is made. Cargo would
    // rebuild each time for a file that does not exist.
    for file in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", file]);
        if let Some(path) = path.filter(|path| Path::new(path).exists()) {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    // Outside a checkout, or without git, there is only the version.
    let commit = git(&["rev-parse", "--short", "HEAD"]);
    let commit = commit.map(|commit| format!(" ({commit})")).unwrap_or_default();
    println!("cargo::rustc-env=SWANBENCH_VERSION={}{commit}", env!("CARGO_PKG_VERSION"));
}

/// Returns what git prints. `None` if it fails.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
