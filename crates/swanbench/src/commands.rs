//! The subcommands, one file each.

#[cfg(feature = "training")]
mod bench;
mod check;
mod clean;
mod completions;
#[cfg(feature = "training")]
mod cost;
#[cfg(feature = "training")]
mod data;
#[cfg(feature = "training")]
mod export;
mod list;
mod man;
mod merge;
mod pack;
mod paper;
mod report;
mod runs;
mod schema;
#[cfg(feature = "training")]
mod sweep;
#[cfg(feature = "training")]
mod work;

use crate::{
    arguments::{Arguments, Command},
    exit::CommandError,
};

/// Runs the subcommand that the arguments name.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    match arguments.command {
        #[cfg(feature = "training")]
        Command::Sweep(arguments) => sweep::run(&arguments),
        #[cfg(feature = "training")]
        Command::Work(arguments) => work::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Merge(arguments) => merge::run(&arguments),
        Command::Pack(arguments) => pack::run(&arguments),
        Command::Paper(arguments) => paper::run(&arguments),
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Clean(arguments) => clean::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        #[cfg(feature = "training")]
        Command::Cost(arguments) => cost::run(&arguments),
        #[cfg(feature = "training")]
        Command::Data(arguments) => data::run(&arguments),
        #[cfg(feature = "training")]
        Command::Bench(arguments) => bench::run(&arguments),
        #[cfg(feature = "training")]
        Command::Export(arguments) => export::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
        Command::List(arguments) => {
            list::run(&arguments);
            Ok(())
        }
        Command::Schema(_) => {
            schema::run();
            Ok(())
        }
        Command::Completions(arguments) => {
            completions::run(&arguments);
            Ok(())
        }
    }
}
