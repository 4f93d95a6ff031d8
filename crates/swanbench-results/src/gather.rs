//! What a report is made from: the measurements of all runs of an experiment, gathered once after a
//! sweep, so that a report reads a handful of files however many runs there are.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::Entry},
    mem,
    path::PathBuf,
    sync::Arc,
};

use sha2::{Digest as _, Sha256};
use swanbench_spec::{Evaluation, RunSpec};

use crate::{
    Error, ExperimentMetadata, Store,
    adaptivity::{Difficulty, Example, ExampleGroup, groups},
    checksums::{self, CHECKSUMS_FILE},
    files,
    gathered::{Gathered, Index, RowsOfRun},
    headline::is_dense_reference,
    latency::{LATENCY_FILE, LatencyRow},
    parquet,
    rows::{EpochRow, GroupRow, OfRun, RunKey, RunRef, RunRow, SiteRow},
    store::{EPOCHS_FILE, RUNS_FILE, SITES_FILE, json, read_rows},
};

const ADAPTIVITY_FILE: &str = "adaptivity.parquet";
const ABOUT_FILE: &str = "about.json";
/// The files of rows, but for timings, which most experiments have not.
const GATHERED_FILES: [&str; 4] = [RUNS_FILE, EPOCHS_FILE, SITES_FILE, ADAPTIVITY_FILE];

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
    /// no single run. Reads the files of those runs only that were not gathered before.
    ///
    /// Returns an error for the first file that is damaged, which is then moved aside, or lacks a
    /// column.
    pub fn gather(&self, runs: &[RunSpec], about: ExperimentMetadata) -> Result<Results, Error> {
        let mut gathered = Gathered::read(self);
        let mut results = Results { about, ..Results::default() };
        // By position in `runs`, the groups of those that were gathered before.
        let mut groups: HashMap<usize, Vec<GroupRow>> = HashMap::new();
        for (position, run) in runs.iter().enumerate() {
            let key = Arc::new(RunKey::of(self.experiment(), run));
            let owner = Arc::new(RunRef::of(run));
            let Some(stamp) = self.stamp(&run.id) else {
                let failure = self.failure(&run.id)?;
                results.runs.extend(failure.map(|failure| RunRow::failed(key, failure)));
                continue;
            };
            let rows = if gathered.knows(&run.id, stamp) {
                let mut rows = gathered.take(&run.id);
                groups.insert(position, mem::take(&mut rows.adaptivity));
                rows
            } else {
                self.read_run(&run.id, &owner)?
            };
            // Labels and targets are those of `runs`: it may have been stored under others.
            results
                .runs
                .extend(rows.runs.into_iter().map(|row| RunRow { run: key.clone(), ..row }));
            results.epochs.extend(owned(rows.epochs, &owner));
            results.sites.extend(owned(rows.sites, &owner));
        }
        let dense = dense_runs(&results.runs);
        let positions: HashMap<&str, usize> =
            runs.iter().enumerate().map(|(position, run)| (run.id.as_str(), position)).collect();
        let is_new = |id: &String| !groups.contains_key(&positions[id.as_str()]);
        let has_changed = |seed: &u64| match dense.get(seed) {
            own if own != gathered.index.dense.get(seed) => true,
            own => own.is_some_and(is_new),
        };
        let changed: HashSet<u64> = runs.iter().map(|run| run.seed).filter(has_changed).collect();
        groups.retain(|position, _| !changed.contains(&runs[*position].seed));
        results.adaptivity = self.adaptivity(runs, &results.runs, &dense, groups)?;
        Ok(results)
    }

    /// Reads the evaluations, epochs and sites of a run.
    fn read_run(&self, id: &str, owner: &Arc<RunRef>) -> Result<RowsOfRun, Error> {
        let read = || {
            let evaluations = self.evaluations(id)?.into_iter();
            let key = Arc::new(RunKey::default());
            let runs = evaluations.map(|row| RunRow::done(key.clone(), row)).collect();
            let epochs = self.epochs(id)?.into_iter();
            let epochs = epochs.map(|row| OfRun { run: owner.clone(), row }).collect();
            let sites = self.sites(id)?.into_iter();
            let sites = sites.map(|row| OfRun { run: owner.clone(), row }).collect();
            Ok(RowsOfRun { runs, epochs, sites, adaptivity: Vec::new() })
        };
        read().map_err(|error| match self.verify(id) {
            Err(moved) => moved,
            Ok(()) => error,
        })
    }

    /// Groups the examples of all runs in which they do not all cost the same, but for runs whose
    /// groups are known.
    fn adaptivity(
        &self,
        runs: &[RunSpec],
        rows: &[RunRow],
        dense: &BTreeMap<u64, String>,
        mut known: HashMap<usize, Vec<GroupRow>>,
    ) -> Result<Vec<GroupRow>, Error> {
        let headlines = headlines(rows);
        let mut difficulties: HashMap<u64, Difficulty> = HashMap::new();
        let mut all = Vec::new();
        for (position, run) in runs.iter().enumerate() {
            let owner = Arc::new(RunRef::of(run));
            if let Some(groups) = known.remove(&position) {
                all.extend(owned(groups, &owner));
                continue;
            }
            let last = headlines.get(run.id.as_str());
            let Some(last) = last.filter(|last| last.flops_p5 < last.flops_max) else { continue };
            if let (Some(id), Entry::Vacant(entry)) =
                (dense.get(&run.seed), difficulties.entry(run.seed))
            {
                let losses = self.examples(id)?.iter().map(|example| example.loss).collect();
                entry.insert(Difficulty::of(losses));
            }
            let groups = self.groups(run, last, difficulties.get(&run.seed))?;
            all.extend(groups.into_iter().map(|row| OfRun { run: owner.clone(), row }));
        }
        Ok(all)
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

    /// Writes what [`Store::gather`] returned, unless that is what is there, and returns the path of
    /// the rows of runs.
    ///
    /// Returns an error if a file cannot be written.
    pub fn write_results(&self, results: &Results) -> Result<PathBuf, Error> {
        self.create()?;
        let path = self.folder().join(RUNS_FILE);
        let (index, about) = (self.index_of(results), json(&results.about));
        if self.index() == index
            && self.gathered_file(ABOUT_FILE).is_ok_and(|there| there == about)
            && GATHERED_FILES.iter().all(|name| self.gathered_file(name).is_ok())
            && self.latency().is_ok_and(|there| there == results.latency)
        {
            return Ok(path);
        }
        let mut all = vec![
            (ABOUT_FILE, about),
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
        self.write_index(&index)?;
        Ok(path)
    }

    /// Says which files the results were made from.
    fn index_of(&self, results: &Results) -> Index {
        let done = results.runs.iter().filter(|row| row.evaluation.is_some());
        let ids: BTreeSet<&String> = done.map(|row| &row.run.run_id).collect();
        let stamps = ids.into_iter().filter_map(|id| Some((id.clone(), self.stamp(id)?)));
        let mut hash = Sha256::new();
        for row in &results.runs {
            hash.update(format!("{:?} {:?} {:?}", row.run, row.status, row.reason));
        }
        let (stamps, rows) = (stamps.collect(), hex::encode(hash.finalize()));
        Index { stamps, dense: dense_runs(&results.runs), rows }
    }

    fn gathered_file(&self, name: &str) -> Result<Vec<u8>, Error> {
        checksums::read(&self.folder().join(name), &self.folder().join(CHECKSUMS_FILE))
    }

    /// Reads what [`Store::write_results`] wrote.
    ///
    /// Returns [`Error::NoResults`] if it never did; otherwise an error if a file is damaged, of
    /// another version, or lacks a column.
    pub fn read_results(&self) -> Result<Results, Error> {
        let folder = self.folder();
        let runs = read_rows(folder, RUNS_FILE)?;
        let (path, about) = (folder.join(ABOUT_FILE), self.gathered_file(ABOUT_FILE)?);
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

/// Names the run that rows belong to.
fn owned<Row>(rows: Vec<OfRun<Row>>, owner: &Arc<RunRef>) -> impl Iterator<Item = OfRun<Row>> {
    rows.into_iter().map(|row| OfRun { run: owner.clone(), ..row })
}

/// Returns the last headline of each run that is done, by its id.
fn headlines(rows: &[RunRow]) -> HashMap<&str, &Evaluation> {
    let done = rows.iter().filter_map(|row| Some((row, row.evaluation.as_ref()?)));
    let headlines = done.filter(|(_, evaluation)| evaluation.conditions.is_headline());
    headlines.map(|(row, evaluation)| (row.run.run_id.as_str(), evaluation)).collect()
}

/// Returns for each seed the first run that is a dense reference.
fn dense_runs(rows: &[RunRow]) -> BTreeMap<u64, String> {
    let headlines = headlines(rows);
    let mut dense = BTreeMap::new();
    for run in rows.iter().map(|row| &row.run) {
        let last = headlines.get(run.run_id.as_str());
        if last.is_some_and(|last| is_dense_reference(run.target_activity, last.unit_flops_share)) {
            dense.entry(run.seed).or_insert_with(|| run.run_id.clone());
        }
    }
    dense
}
