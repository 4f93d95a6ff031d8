//! Which files of runs were gathered, so that only new ones are read.

use std::{collections::BTreeMap, fs, time::UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use swanbench_spec::RunSpec;

use crate::{
    Error, Failure, Store,
    checksums::{self, CHECKSUMS_FILE},
    rows::RunKey,
};

pub(crate) const INDEX_FILE: &str = "gathered.json";

/// How a file tells that it was replaced: its size, and when it was written, in nanoseconds since 1970.
pub(crate) type Stamp = (u64, u64);

/// A run that has ended.
pub(crate) struct Ended<'a> {
    pub run: &'a RunSpec,
    pub end: End,
}

/// How it has ended.
pub(crate) enum End {
    Done(Stamp),
    Failed(Failure),
}

/// Which files of runs the gathered ones were made from.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Index {
    /// By id of a run that is done.
    pub stamps: BTreeMap<String, Stamp>,
    /// By seed, the dense run by whose losses examples were grouped.
    pub dense: BTreeMap<u64, String>,
    /// A hash of what the runs are called, in their order, and of why they failed.
    pub runs: String,
}

impl Index {
    /// Says which files the rows of these runs are made from; dense runs are not known yet.
    pub fn of(experiment: &str, ended: &[Ended]) -> Self {
        let mut hash = Sha256::new();
        let mut stamps = BTreeMap::new();
        for Ended { run, end } in ended {
            hash.update(format!("{:?}", RunKey::of(experiment, run)));
            match end {
                End::Done(stamp) => drop(stamps.insert(run.id.clone(), *stamp)),
                End::Failed(failure) => hash.update(format!("{failure:?}")),
            }
        }
        Self { stamps, dense: BTreeMap::new(), runs: hex::encode(hash.finalize()) }
    }

    /// Returns whether a file is what it was when it was gathered.
    pub fn knows(&self, run: &str, stamp: Stamp) -> bool {
        self.stamps.get(run) == Some(&stamp)
    }

    /// Returns whether the rows of both are the same.
    pub fn is_of_same_rows(&self, other: &Self) -> bool {
        self.stamps == other.stamps && self.runs == other.runs
    }
}

impl Store {
    /// Returns those of the runs that have ended, in their order.
    ///
    /// Returns an error if the record of a failure cannot be read.
    pub(crate) fn ended<'a>(&self, runs: &'a [RunSpec]) -> Result<Vec<Ended<'a>>, Error> {
        let end = |run: &RunSpec| match self.stamp(&run.id) {
            Some(stamp) => Ok(Some(End::Done(stamp))),
            None => Ok(self.failure(&run.id)?.map(End::Failed)),
        };
        let ended = runs.iter().map(|run| Ok(end(run)?.map(|end| Ended { run, end })));
        ended.filter_map(Result::transpose).collect()
    }

    /// Returns the stamp of a finished run's file. `None` if there is none.
    pub(crate) fn stamp(&self, run: &str) -> Option<Stamp> {
        let file = fs::metadata(self.done_file(run)).ok()?;
        let written = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some((file.len(), written.as_nanos() as u64))
    }

    /// Returns which files were gathered: none if that is not known. It is that of the tables only if
    /// it is what was written with them: of two processes that gather at once, one may have written
    /// the tables, and the other this.
    pub(crate) fn index(&self) -> Index {
        let folder = self.folder();
        let text = checksums::read(&folder.join(INDEX_FILE), &folder.join(CHECKSUMS_FILE)).ok();
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }
}
