//! `swanbench man`: the manual pages.

use std::fs;

use anyhow::Context;
use clap::CommandFactory;

use crate::{
    arguments::{Arguments, Man},
    exit::{CommandError, ExitCodeExt},
};

/// Writes one page per subcommand.
///
/// Returns an error if a page cannot be written into the folder.
pub fn run(arguments: &Man) -> Result<(), CommandError> {
    fs::create_dir_all(&arguments.to)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), &arguments.to))
        .with_context(|| format!("cannot write manual pages into `{}`", arguments.to.display()))
        .bad_input()
}
