//! `swanbench check`: is the experiment right, and how much is it?

use swanbench_spec::Experiment;

use crate::{arguments::Check, exit::Failure, output};

pub fn run(arguments: &Check) -> Result<(), Failure> {
    let experiment = checked(arguments)?;
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

/// The experiment, its data and all of its networks.
#[cfg(feature = "training")]
fn checked(arguments: &Check) -> Result<Experiment, Failure> {
    Ok(crate::prepare::Prepared::load(&arguments.file, &arguments.input)?.experiment)
}

/// The experiment alone: there is nothing here to lay out a network with.
#[cfg(not(feature = "training"))]
fn checked(arguments: &Check) -> Result<Experiment, Failure> {
    use crate::{exit::ExitCodeExt, vocabulary::vocabulary};

    Experiment::load(&arguments.file, &arguments.input.set, &vocabulary()).bad_input()
}
