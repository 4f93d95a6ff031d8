//! `swanbench`: compares sparsity methods on equal terms.

mod arguments;
#[cfg(feature = "training")]
mod build;
mod commands;
#[cfg(feature = "training")]
mod download;
mod exit;
mod output;
#[cfg(feature = "training")]
mod prepare;
#[cfg(feature = "training")]
mod sweep;
mod title;
mod vocabulary;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;

fn main() -> ExitCode {
    match commands::run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.status()
        }
    }
}
