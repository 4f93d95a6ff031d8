//! `swanbench check`: is the experiment right, and how much is it?

use crate::{arguments::Check, exit::Failure, vocabulary};

pub fn run(arguments: &Check) -> Result<(), Failure> {
    let (experiment, _) = vocabulary::load(&arguments.file, &arguments.input)?;
    println!(
        "{}: {} runs of {} on {}: {}",
        arguments.file.display(),
        experiment.runs.len(),
        experiment.model.kind,
        experiment.data.kind,
        experiment.labels.join(", "),
    );
    Ok(())
}
