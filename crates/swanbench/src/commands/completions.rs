//! `swanbench completions`: the completions of a shell.

use clap::CommandFactory;

use crate::{
    arguments::{Arguments, Completions},
    output,
};

/// Prints the completions.
pub fn run(arguments: &Completions) {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "swanbench", &mut script);
    output::line(format_args!("{}", String::from_utf8_lossy(&script).trim_end()));
}
