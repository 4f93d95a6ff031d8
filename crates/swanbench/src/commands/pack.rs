//! `swanbench pack`: what a report is made from, in one file.

use std::fs;

use anyhow::Context;
use swanbench_results::Store;

use crate::{
    arguments::Pack,
    exit::{CommandError, ExitCodeExt},
    output,
};

/// Writes the file and says what it holds.
pub fn run(arguments: &Pack) -> Result<(), CommandError> {
    let Pack { name, results, output } = arguments;
    let store = Store::open(results, name);
    let path = output.clone().unwrap_or_else(|| store.pack_file());
    let members = store.pack(&path).bad_input()?;
    let file = path.display();
    let bytes = fs::metadata(&path).with_context(|| format!("cannot read `{file}`")).failed()?;
    let kilobytes = bytes.len() as f64 / 1e3;
    output::line(format_args!("wrote {file}, {kilobytes:.0} kB: {}", members.join(" ")));
    output::line(format_args!("`swanbench report {file}` writes the report from it"));
    Ok(())
}
