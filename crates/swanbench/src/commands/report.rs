//! `swanbench report`: pictures and tables from stored results.

use std::path::PathBuf;

use anyhow::Context;
use swanbench_results::{Results, Store};

use crate::{
    arguments::{Report, ReportSource, experiment_name},
    exit::{CommandError, ExitCodeExt},
    output, summary,
};

/// Writes the report again, and prints what was found.
pub fn run(arguments: &Report) -> Result<(), CommandError> {
    let Report { source, folders, verbose } = arguments;
    let (results, name) = match source {
        ReportSource::Experiment(name) => {
            (Store::open(&folders.results, name).read_results().bad_input()?, name.clone())
        }
        ReportSource::Pack(file) => {
            let results = Results::read_pack(file).bad_input()?;
            // Of a file that somebody made, it might lead out of the folder of reports.
            let is_name = |name: &&str| !name.starts_with('.') && experiment_name(name).is_ok();
            let name = results.experiment().filter(is_name);
            let name = name.context("no run has ended").failed()?.to_owned();
            (results, name)
        }
    };
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
