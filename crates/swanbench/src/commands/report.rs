//! `swanbench report`: pictures and tables from stored results.

use std::path::Path;

use swanbench_results::Store;

use crate::{
    arguments::{Report, ReportPlaces},
    exit::{ExitCodeExt, Failure},
    output,
};

pub fn run(arguments: &Report) -> Result<(), Failure> {
    let Report { name, places } = arguments;
    let results = Store::open(&places.results, name).read_results().bad_input()?;
    let written = swanbench_report::report(&results, &folder(places, name)).failed()?;
    print_written(&written);
    Ok(())
}

/// Where the pictures of an experiment go.
pub fn folder(places: &ReportPlaces, name: &str) -> std::path::PathBuf {
    places.plots.join(name)
}

/// Names the files, one a line.
pub fn print_written(written: &[impl AsRef<Path>]) {
    for path in written {
        output::line(format_args!("wrote {}", path.as_ref().display()));
    }
}
