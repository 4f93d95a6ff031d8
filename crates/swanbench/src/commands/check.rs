//! `swanbench check`: is the experiment right, and how many runs has it?

use swanbench_results::Unreachable;
use swanbench_spec::Experiment;

use crate::{arguments::Check, exit::CommandError, output};

pub fn run(arguments: &Check) -> Result<(), CommandError> {
    let (experiment, unreachable) = checked(arguments)?;
    output::line(format_args!(
        "{}: {} runs of {} on {}: {}",
        arguments.file.display(),
        experiment.runs.len(),
        experiment.model.kind,
        experiment.data.kind,
        experiment.labels.join(", "),
    ));
    for cell in unreachable {
        output::line(format_args!("{cell}"));
    }
    Ok(())
}

/// Checks the experiment, its data and all of its networks.
#[cfg(feature = "training")]
fn checked(arguments: &Check) -> Result<(Experiment, Vec<Unreachable>), CommandError> {
    let prepared = crate::prepare::Prepared::load(&arguments.file, &arguments.input)?;
    Ok((prepared.experiment, prepared.unreachable))
}

/// Checks the experiment alone: this build has no networks.
#[cfg(not(feature = "training"))]
fn checked(arguments: &Check) -> Result<(Experiment, Vec<Unreachable>), CommandError> {
    use swanbench_spec::Draft;

    use crate::{exit::ExitCodeExt, vocabulary::vocabulary};

    let draft = Draft::load(&arguments.file, &arguments.input.set, &vocabulary()).bad_input()?;
    // The ids of these runs are not shown, so the content of the data does not matter.
    Ok((draft.resolve(""), Vec::new()))
}
