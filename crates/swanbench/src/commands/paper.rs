//! `swanbench paper`: the numbers of a paper beside ours, from the results that are there.

use std::path::Path;

use swanbench_results::{
    Error, Store,
    published::{Comparison, compare},
};
use swanbench_spec::{Draft, Published};

use crate::{
    arguments::Paper,
    exit::{CommandError, ExitCodeExt},
    output,
    vocabulary::vocabulary,
};

/// The folder of the table in the folder of reports.
const FOLDER: &str = "paper";

/// Prints the table of all experiments, and writes it.
pub fn run(arguments: &Paper) -> Result<(), CommandError> {
    let Paper { files, folders } = arguments;
    let mut all = Vec::new();
    for file in files {
        all.extend(comparisons(file, &folders.results)?);
    }
    let table = swanbench_report::paper(&all, &folders.plots.join(FOLDER)).failed()?;
    output::line(format_args!("{}", table.trim_end()));
    Ok(())
}

/// Compares the published numbers of one experiment with its results, if there are any.
fn comparisons(file: &Path, results: &Path) -> Result<Vec<Comparison>, CommandError> {
    let draft = Draft::load(file, &[], &vocabulary()).bad_input()?;
    // The ids of these runs are not used, so the content of the data does not matter.
    let experiment = draft.resolve("");
    let published = experiment.published;
    match Store::open(results, &experiment.name).read_results() {
        Ok(results) => Ok(compare(&results, &published)),
        Err(Error::NoResults { .. }) => {
            let how = format!("swanbench sweep {} trains it", file.display());
            Ok(published.into_iter().map(|one| without_results(one, &how)).collect())
        }
        Err(error) => Err(error).bad_input(),
    }
}

fn without_results(published: Published, how: &str) -> Comparison {
    // Without a label no cell of the experiment is meant.
    let how = published.label.is_some().then(|| how.to_owned());
    let reasons: Vec<String> = published.reason.iter().cloned().chain(how).collect();
    let reason = Some(reasons.join("; "));
    Comparison { published: Published { reason, ..published }, ours: None }
}
