//! Puts what all runs of an experiment have measured into a handful of files, so that a report reads
//! no others however many runs there are.

use std::{collections::HashMap, sync::Arc};

use rayon::prelude::*;
use swanbench_spec::{Epoch, RunSpec, SiteUse, columns::Columns};

use crate::{
    Error, ExperimentMetadata, Store,
    gathered_files::{ABOUT_FILE, ADAPTIVITY_FILE, GatheredFiles, LATENCY_FILE, TABLES},
    groups::{Headlines, dense_runs},
    index::{End, Ended, INDEX_FILE, Index},
    latency::LatencyRow,
    parquet,
    rows::{EpochRow, EvaluationRow, GroupRow, OfRun, RunKey, RunRef, RunRow, SiteRow},
    store::{EPOCHS_FILE, RUNS_FILE, SITES_FILE, json},
};

/// What the file of a run has.
struct RunTables {
    evaluations: Vec<EvaluationRow>,
    epochs: Vec<Epoch>,
    sites: Vec<SiteUse>,
}

impl Store {
    /// Gathers what those of `runs` that have ended have measured, with timings, which are of no
    /// single run. Reads the files of those runs only that were not gathered before, and writes
    /// nothing if nothing is new.
    ///
    /// Returns an error for a run whose file is damaged, which is then moved aside, or lacks a
    /// column; and if a file cannot be written.
    pub fn gather(
        &self,
        runs: &[RunSpec],
        about: &ExperimentMetadata,
        latency: &[LatencyRow],
    ) -> Result<(), Error> {
        self.create()?;
        let ended = self.ended(runs)?;
        let mut index = Index::of(self.experiment(), &ended);
        // Whatever is wrong with what was gathered, it can be gathered again.
        let (before, there) = match GatheredFiles::read(self.folder()) {
            Ok(files) if files.are_current() => (files, self.index()),
            _ => (GatheredFiles::default(), Index::default()),
        };
        let mut files = GatheredFiles::new(self.folder());
        if index.is_of_same_rows(&there) {
            for name in TABLES {
                files.add(name, before.content(name).to_vec());
            }
            index.dense.clone_from(&there.dense);
        } else {
            self.add_tables(&mut files, &ended, &mut index, (&before, &there))?;
        }
        files.add(ABOUT_FILE, json(about));
        if !latency.is_empty() {
            files.add(LATENCY_FILE, parquet::encode(latency)?);
        }
        if files.is_equal(&before) && index == there {
            return Ok(());
        }
        files.add(INDEX_FILE, json(&index));
        files.write(self.folder())
    }

    /// Adds the four tables of the runs that have ended, from what was gathered `before` and from the
    /// files of the other runs. One table is in memory at a time.
    fn add_tables(
        &self,
        files: &mut GatheredFiles,
        ended: &[Ended],
        index: &mut Index,
        (before, there): (&GatheredFiles, &Index),
    ) -> Result<(), Error> {
        let is_new = |Ended { run, end }: &&Ended| match end {
            End::Done(stamp) => !there.knows(&run.id, *stamp),
            End::Failed(_) => false,
        };
        let new = ended.par_iter().filter(is_new);
        let new: HashMap<&str, RunTables> = new
            .map(|Ended { run, .. }| Ok((run.id.as_str(), self.read_run(&run.id)?)))
            .collect::<Result<_, Error>>()?;
        let done: Vec<&RunSpec> =
            ended.iter().filter(|one| matches!(one.end, End::Done(_))).map(|one| one.run).collect();

        let runs = {
            let gathered: Vec<RunRow> = before.rows(RUNS_FILE)?;
            self.run_rows(ended, &gathered, &new)
        };
        files.add(RUNS_FILE, parquet::encode(&runs)?);
        let headlines = Headlines::of(&runs);
        index.dense = dense_runs(&runs, &headlines);
        let epochs: Vec<EpochRow> = in_order(&done, &before.rows(EPOCHS_FILE)?, |id| {
            new.get(id).map(|run| run.epochs.as_slice())
        });
        files.add(EPOCHS_FILE, parquet::encode(&epochs)?);
        drop(epochs);
        let sites: Vec<SiteRow> = in_order(&done, &before.rows(SITES_FILE)?, |id| {
            new.get(id).map(|run| run.sites.as_slice())
        });
        files.add(SITES_FILE, parquet::encode(&sites)?);
        drop(sites);
        // Examples are grouped by the losses of the dense run.
        let is_regrouped = |run: &RunSpec| {
            let dense = index.dense.get(&run.seed);
            new.contains_key(run.id.as_str())
                || dense != there.dense.get(&run.seed)
                || dense.is_some_and(|dense| new.contains_key(dense.as_str()))
        };
        let regrouped = done.iter().copied().filter(|run| is_regrouped(run)).collect::<Vec<_>>();
        let groups = self.group_examples(&regrouped, &headlines, &index.dense)?;
        let groups: Vec<GroupRow> =
            in_order(&done, &before.rows(ADAPTIVITY_FILE)?, |id| groups.get(id).map(Vec::as_slice));
        files.add(ADAPTIVITY_FILE, parquet::encode(&groups)?);
        Ok(())
    }

    /// Reads the evaluations, epochs and sites of a run.
    fn read_run(&self, id: &str) -> Result<RunTables, Error> {
        let read = || {
            let (evaluations, epochs) = (self.evaluations(id)?, self.epochs(id)?);
            Ok(RunTables { evaluations, epochs, sites: self.sites(id)? })
        };
        read().map_err(|error| match self.verify(id) {
            Err(moved) => moved,
            Ok(()) => error,
        })
    }

    /// Returns the rows of runs, under the names that they have now: they may have been stored or
    /// gathered under others.
    fn run_rows(
        &self,
        ended: &[Ended],
        gathered: &[RunRow],
        new: &HashMap<&str, RunTables>,
    ) -> Vec<RunRow> {
        let gathered = by_run(gathered, |row| &row.run.run_id);
        let mut all = Vec::new();
        for Ended { run, end } in ended {
            let key = Arc::new(RunKey::of(self.experiment(), run));
            let id = run.id.as_str();
            match (end, new.get(id), gathered.get(id)) {
                (End::Failed(failure), ..) => all.push(RunRow::failed(key, failure.clone())),
                (End::Done(_), Some(new), _) => {
                    let evaluations = new.evaluations.iter().cloned();
                    all.extend(evaluations.map(|row| RunRow::done(key.clone(), row)));
                }
                (End::Done(_), None, rows) => {
                    let rows = rows.copied().unwrap_or_default().iter().cloned();
                    all.extend(rows.map(|row| RunRow { run: key.clone(), ..row }));
                }
            }
        }
        all
    }
}

/// Returns the rows of all runs in their order: new ones where there are such, else those that were
/// `gathered` before.
fn in_order<'a, Row: Columns + Clone + 'a>(
    done: &[&RunSpec],
    gathered: &[OfRun<Row>],
    new: impl Fn(&str) -> Option<&'a [Row]>,
) -> Vec<OfRun<Row>> {
    let gathered = by_run(gathered, |row| &row.run.run_id);
    let mut all = Vec::new();
    for run in done {
        let owner = Arc::new(RunRef::of(run));
        let id = run.id.as_str();
        let own = |row: &Row| OfRun { run: owner.clone(), row: row.clone() };
        if let Some(rows) = new(id) {
            all.extend(rows.iter().map(own));
        } else {
            let rows = gathered.get(id).copied().unwrap_or_default();
            all.extend(rows.iter().map(|gathered| own(&gathered.row)));
        }
    }
    all
}

/// Returns the rows of each run, by its id: they follow each other.
fn by_run<Row>(rows: &[Row], id: fn(&Row) -> &String) -> HashMap<&str, &[Row]> {
    let of_run = rows.chunk_by(|one, other| id(one) == id(other));
    of_run.map(|rows| (id(&rows[0]).as_str(), rows)).collect()
}
