//! `swanbench`: compares sparsity methods on equal terms.

mod arguments;
mod commands;
#[cfg(feature = "training")]
mod components;
#[cfg(feature = "training")]
mod download;
mod exit;
#[cfg(feature = "training")]
mod kept;
mod output;
#[cfg(feature = "training")]
mod prepare;
mod seeds;
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
