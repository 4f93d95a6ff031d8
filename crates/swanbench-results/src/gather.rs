//! What a report is made from: the measurements of all runs of an experiment, gathered once after a
//! sweep, so that a report reads a handful of files however many runs there are.

use std::{collections::HashMap, path::PathBuf};

use swanbench_spec::{Evaluation, RunSpec};

use crate::{
    Error, ExperimentMetadata, Store,
    adaptivity::{Difficulty, Example, ExampleGroup, groups},
    checksums::{self, CHECKSUMS_FILE},
    files,
    headline::is_dense_reference,
    latency::{LATENCY_FILE, LatencyRow},
    parquet,
    rows::{EpochRow, GroupRow, OfRun, RunRef, RunRow, SiteRow},
    store::{EPOCHS_FILE, RUNS_FILE, SITES_FILE, json, read_rows},
};

const ADAPTIVITY_FILE: &str = "adaptivity.parquet";
const ABOUT_FILE: &str = "about.json";

/// The results of an experiment, runs in its order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// What the experiment is about.
    pub about: ExperimentMetadata,
    /// The evaluations of the runs that are done, and the runs that failed.
    pub runs: Vec<RunRow>,
    /// The epochs of the runs that are done.
    pub epochs: Vec<EpochRow>,
    /// The sites of the runs that are done, after every stage.
    pub sites: Vec<SiteRow>,
    /// What single examples cost, by class, by difficulty and as quantiles, in the runs in which
    /// they do not all cost the same.
    pub adaptivity: Vec<GroupRow>,
    /// How long exported networks take, in experiments that time them.
    pub latency: Vec<LatencyRow>,
}

impl Store {
    /// Gathers what all `runs` that are done or failed have measured, without timings: these are of
    /// no single run.
    ///
    /// Returns an error for the first file that is damaged or lacks a column.
    pub fn gather(&self, runs: &[RunSpec], about: ExperimentMetadata) -> Result<Results, Error> {
        let done: Vec<&RunSpec> = runs.iter().filter(|run| self.is_done(&run.id)).collect();
        Ok(Results {
            about,
            runs: self.collect(runs)?,
            epochs: rows_of(&done, |run| self.epochs(&run.id))?,
            sites: rows_of(&done, |run| self.sites(&run.id))?,
            adaptivity: self.adaptivity(&done)?,
            latency: Vec::new(),
        })
    }

    fn adaptivity(&self, runs: &[&RunSpec]) -> Result<Vec<GroupRow>, Error> {
        let mut headlines = HashMap::new();
        let mut difficulties = HashMap::new();
        for run in runs {
            let mut rows = self.evaluations(&run.id)?.into_iter().map(|row| row.evaluation);
            let last = rows.rfind(|row| row.conditions.is_headline());
            let Some(last) = last else {
                continue;
            };
            let is_dense = is_dense_reference(run.target, last.unit_flops_share);
            if is_dense && !difficulties.contains_key(&run.seed) {
                let losses = self.examples(&run.id)?.iter().map(|example| example.loss).collect();
                difficulties.insert(run.seed, Difficulty::of(losses));
            }
            headlines.insert(run.id.as_str(), last);
        }
        rows_of(runs, |run| match headlines.get(run.id.as_str()) {
            Some(last) if last.flops_p5 < last.flops_max => {
                self.groups(run, last, difficulties.get(&run.seed))
            }
            _ => Ok(Vec::new()),
        })
    }

    /// Groups the examples of a run, whose headline is `last`.
    fn groups(
        &self,
        run: &RunSpec,
        last: &Evaluation,
        difficulty: Option<&Difficulty>,
    ) -> Result<Vec<ExampleGroup>, Error> {
        let dense_flops = last.unit_flops / last.unit_flops_share;
        if !dense_flops.is_finite() {
            return Ok(Vec::new());
        }
        let examples: Vec<Example> = self
            .examples(&run.id)?
            .iter()
            .map(|one| Example { class: one.label, unit_flops_share: one.unit_flops / dense_flops })
            .collect();
        Ok(groups(&examples, difficulty))
    }

    /// Writes what [`Store::gather`] returned, and returns the path of the rows of runs.
    ///
    /// Returns an error if a file cannot be written.
    pub fn write_results(&self, results: &Results) -> Result<PathBuf, Error> {
        self.create()?;
        let mut all = vec![
            (ABOUT_FILE, json(&results.about)),
            (RUNS_FILE, parquet::encode(&results.runs)?),
            (EPOCHS_FILE, parquet::encode(&results.epochs)?),
            (SITES_FILE, parquet::encode(&results.sites)?),
            (ADAPTIVITY_FILE, parquet::encode(&results.adaptivity)?),
        ];
        if results.latency.is_empty() {
            files::remove_file(&self.folder().join(LATENCY_FILE))?;
        } else {
            all.push((LATENCY_FILE, parquet::encode(&results.latency)?));
        }
        // A kill in between leaves checksums that do not fit, and the advice to sweep again.
        files::replace_file(&self.folder().join(CHECKSUMS_FILE), &checksums::listing(&all))?;
        for (name, content) in &all {
            files::replace_file(&self.folder().join(name), content)?;
        }
        Ok(self.folder().join(RUNS_FILE))
    }

    /// Reads what [`Store::write_results`] wrote.
    ///
    /// Returns [`Error::NoResults`] if it never did; otherwise an error if a file is damaged, of
    /// another version, or lacks a column.
    pub fn read_results(&self) -> Result<Results, Error> {
        let folder = self.folder();
        let runs = read_rows(folder, RUNS_FILE)?;
        let path = folder.join(ABOUT_FILE);
        let about = checksums::read(&path, &folder.join(CHECKSUMS_FILE))?;
        Ok(Results {
            about: serde_json::from_slice(&about).map_err(|source| Error::Json { path, source })?,
            runs,
            epochs: read_rows(folder, EPOCHS_FILE)?,
            sites: read_rows(folder, SITES_FILE)?,
            adaptivity: read_rows(folder, ADAPTIVITY_FILE)?,
            latency: self.latency()?,
        })
    }
}

/// Puts the rows of all runs below one another, each with the run that it belongs to.
fn rows_of<Row>(
    runs: &[&RunSpec],
    read: impl Fn(&RunSpec) -> Result<Vec<Row>, Error>,
) -> Result<Vec<OfRun<Row>>, Error> {
    let mut all = Vec::new();
    for run in runs {
        let owner = RunRef::of(run);
        all.extend(read(run)?.into_iter().map(|row| OfRun { run: owner.clone(), row }));
    }
    Ok(all)
}
