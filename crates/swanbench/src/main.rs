//! `swanbench`: compares sparsity methods on equal terms.

mod arguments;
mod commands;
mod download;
mod exit;
mod network;
mod output;
mod prepare;
mod sweep;
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
