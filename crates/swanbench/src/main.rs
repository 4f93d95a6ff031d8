//! `swanbench`: compares sparsity methods on equal terms.

mod arguments;
mod commands;
#[cfg(feature = "training")]
mod components;
#[cfg(feature = "training")]
mod download;
mod exit;
mod output;
#[cfg(feature = "training")]
mod prepare;
mod seeds;
mod summary;
mod title;
#[cfg(feature = "training")]
mod training;
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
