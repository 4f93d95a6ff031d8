//! One file a subcommand.

mod check;
mod clean;
mod cost;
mod data;
mod list;
mod report;
mod runs;
mod schema;
mod sweep;

use crate::{
    arguments::{Arguments, Command},
    exit::Failure,
};

/// Does what the arguments ask for.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Clean(arguments) => clean::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Cost(arguments) => cost::run(&arguments),
        Command::Data(arguments) => data::run(&arguments),
        Command::List(arguments) => {
            list::run(&arguments);
            Ok(())
        }
        Command::Schema(_) => {
            schema::run();
            Ok(())
        }
    }
}
