//! `swanbench check`: is the experiment right, and how much is it?

use crate::{arguments::Check, exit::Failure, output, prepare::Prepared};

pub fn run(arguments: &Check) -> Result<(), Failure> {
    let experiment = Prepared::load(&arguments.file, &arguments.input)?.experiment;
    output::line(format_args!(
        "{}: {} runs of {} on {}: {}",
        arguments.file.display(),
        experiment.runs.len(),
        experiment.model.kind,
        experiment.data.kind,
        experiment.labels.join(", "),
    ));
    Ok(())
}
