//! `swanbench paper`: the numbers of a paper beside ours, from the results that are there.

use std::{collections::HashSet, path::Path};

use anyhow::anyhow;
use swanbench_results::{
    Error, Results, Store,
    published::{Comparison, compare},
};
use swanbench_spec::{Draft, Experiment, Published};

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
    if all.is_empty() {
        let error = anyhow!("no numbers of a paper: expected a file with `published:`");
        return Err(error).bad_input();
    }
    let table = swanbench_report::paper(&all, &folders.plots.join(FOLDER)).failed()?;
    output::line(format_args!("{}", table.trim_end()));
    Ok(())
}

/// Compares the published numbers of one experiment with its results, if there are any.
fn comparisons(file: &Path, results: &Path) -> Result<Vec<Comparison>, CommandError> {
    // What its runs are called depends on the content of the data, which results know.
    let experiment = |data_revision: &str| -> Result<Experiment, CommandError> {
        Ok(Draft::load(file, &[], &vocabulary()).bad_input()?.resolve(data_revision))
    };
    let Experiment { name, data, published, .. } = experiment("")?;
    let results = match Store::open(results, &name).read_results() {
        Ok(results) => results,
        Err(Error::NoResults { .. } | Error::NotGathered { .. }) => {
            let how = format!("swanbench sweep {} trains it", file.display());
            let without = |one: Published| {
                // Without a label no cell of the experiment is meant.
                let how = one.label.is_some().then_some(how.as_str());
                Comparison { published: with_reason(one, how), ours: None }
            };
            return Ok(published.into_iter().map(without).collect());
        }
        Err(error) => return Err(error).bad_input(),
    };
    let revision = results.about.versions.iter().find(|(what, _)| *what == data.kind);
    let own = experiment(revision.map_or("", |(_, revision)| revision))?;
    let other = (!are_of(&results, &own)).then_some("of other settings than the file has now");
    let published: Vec<Published> =
        published.into_iter().map(|one| with_reason(one, other)).collect();
    Ok(compare(&results, &published))
}

/// Returns whether all results are of runs that the experiment has.
fn are_of(results: &Results, experiment: &Experiment) -> bool {
    let ids: HashSet<&str> = experiment.runs.iter().map(|run| run.id.as_str()).collect();
    results.runs.iter().all(|row| ids.contains(row.run.run_id.as_str()))
}

fn with_reason(published: Published, further: Option<&str>) -> Published {
    let further = further.map(str::to_owned);
    let reasons: Vec<String> = published.reason.into_iter().chain(further).collect();
    let reason = (!reasons.is_empty()).then(|| reasons.join("; "));
    Published { reason, ..published }
}
