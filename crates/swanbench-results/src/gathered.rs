//! What was gathered before, so that only new runs are read.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};

use crate::{
    Error, Results, Store, files,
    rows::{EpochRow, GroupRow, OfRun, RunRow, SiteRow},
    store::json,
};

const GATHERED_FILE: &str = "gathered.json";

/// How a file tells that it was replaced: its size, and when it was written, in nanoseconds since 1970.
pub(crate) type Stamp = (u64, u64);

/// Which files of runs the gathered ones were made from.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Index {
    /// By id of a run that is done.
    pub stamps: BTreeMap<String, Stamp>,
    /// By seed, the dense run by whose losses examples were grouped.
    pub dense: BTreeMap<u64, String>,
    /// A hash of which runs the rows are of, in their order.
    pub rows: String,
}

/// The rows that were gathered before, by the id of their run.
#[derive(Default)]
pub(crate) struct Gathered {
    pub index: Index,
    runs: HashMap<String, Vec<RunRow>>,
    epochs: HashMap<String, Vec<EpochRow>>,
    sites: HashMap<String, Vec<SiteRow>>,
    adaptivity: HashMap<String, Vec<GroupRow>>,
}

/// The rows of a run that is done.
pub(crate) struct RowsOfRun {
    pub runs: Vec<RunRow>,
    pub epochs: Vec<EpochRow>,
    pub sites: Vec<SiteRow>,
    /// Those of groups of examples.
    pub adaptivity: Vec<GroupRow>,
}

impl Gathered {
    /// Reads what was gathered before: nothing if it cannot be read, since it can be gathered again.
    pub fn read(store: &Store) -> Self {
        let Ok(results) = store.read_results() else { return Self::default() };
        let Results { runs, epochs, sites, adaptivity, .. } = results;
        Self {
            index: store.index(),
            runs: by_run(runs, |row| &row.run.run_id),
            epochs: by_run(epochs, id),
            sites: by_run(sites, id),
            adaptivity: by_run(adaptivity, id),
        }
    }

    /// Returns whether a file is what it was when it was gathered.
    pub fn knows(&self, run: &str, stamp: Stamp) -> bool {
        self.index.stamps.get(run) == Some(&stamp) && self.runs.contains_key(run)
    }

    /// Takes the rows of a run out.
    pub fn take(&mut self, run: &str) -> RowsOfRun {
        RowsOfRun {
            runs: self.runs.remove(run).unwrap_or_default(),
            epochs: self.epochs.remove(run).unwrap_or_default(),
            sites: self.sites.remove(run).unwrap_or_default(),
            adaptivity: self.adaptivity.remove(run).unwrap_or_default(),
        }
    }
}

impl Store {
    /// Returns the stamp of a finished run's file. `None` if there is none.
    pub(crate) fn stamp(&self, run: &str) -> Option<Stamp> {
        let file = fs::metadata(self.done_file(run)).ok()?;
        let written = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some((file.len(), written.as_nanos() as u64))
    }

    /// Returns which files were gathered: none if that is not known.
    pub(crate) fn index(&self) -> Index {
        let text = fs::read(self.folder().join(GATHERED_FILE)).ok();
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// Writes which files were gathered.
    pub(crate) fn write_index(&self, index: &Index) -> Result<(), Error> {
        files::replace_file(&self.folder().join(GATHERED_FILE), &json(index))
    }
}

fn id<Row>(row: &OfRun<Row>) -> &str {
    &row.run.run_id
}

fn by_run<Row>(rows: Vec<Row>, id: impl Fn(&Row) -> &str) -> HashMap<String, Vec<Row>> {
    let mut all: HashMap<String, Vec<Row>> = HashMap::new();
    for row in rows {
        match all.get_mut(id(&row)) {
            Some(own) => own.push(row),
            None => drop(all.insert(id(&row).to_owned(), vec![row])),
        }
    }
    all
}
