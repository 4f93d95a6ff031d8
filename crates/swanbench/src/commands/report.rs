//! `swanbench report`: pictures and tables from stored results.

use std::path::PathBuf;

use swanbench_results::{Results, Store};

use crate::{
    arguments::Report,
    exit::{CommandError, ExitCodeExt},
    output, summary,
};

/// Writes the report again, and prints what was found.
pub fn run(arguments: &Report) -> Result<(), CommandError> {
    let Report { name, folders, verbose } = arguments;
    let results = Store::open(&folders.results, name).read_results().bad_input()?;
    let written = swanbench_report::report(&results, &folders.plots.join(name)).failed()?;
    print_report(&results, &written, *verbose);
    Ok(())
}

/// Prints what was found and the path of the page; the paths of all files if `verbose`.
pub fn print_report(results: &Results, written: &[PathBuf], verbose: bool) {
    for line in summary::lines(results) {
        output::line(format_args!("{line}"));
    }
    output::line(format_args!(""));
    let is_page = |path: &&PathBuf| path.extension().is_some_and(|kind| kind == "html");
    for path in written.iter().filter(|path| verbose && !is_page(path)) {
        output::line(format_args!("wrote {}", path.display()));
    }
    for page in written.iter().filter(is_page) {
        output::line(format_args!("report: {}", page.display()));
    }
}
