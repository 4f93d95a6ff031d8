//! `swanbench`: compares sparsity methods on equal terms.

mod arguments;
#[cfg(feature = "training")]
mod cluster;
mod commands;
#[cfg(feature = "training")]
mod components;
#[cfg(feature = "training")]
mod download;
mod exit;
#[cfg(feature = "training")]
mod kept;
#[cfg(feature = "training")]
mod machine;
mod output;
#[cfg(feature = "training")]
mod prepare;
mod seeds;
#[cfg(feature = "training")]
mod shell;
mod summary;
mod title;
#[cfg(feature = "training")]
mod training;
mod vocabulary;

use clap::Parser;

use crate::arguments::Arguments;

fn main() {
    let arguments = Arguments::parse();
    if arguments.is_json() {
        output::set_json();
    }
    let status = match commands::run(arguments) {
        Ok(()) => 0,
        Err(failure) => {
            output::error(failure.status(), format_args!("{failure}"));
            failure.status()
        }
    };
    exit::now(status)
}
