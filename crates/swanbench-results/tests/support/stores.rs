//! Stores of results for tests.

use std::{fs, path::Path};

use swanbench_results::{ExperimentMetadata, RunRow, Store};
use swanbench_spec::{Claim, PerExample, Question, RunSpec, Sign};
use tempfile::TempDir;

/// A store that is not there yet, in a folder of its own.
pub fn quickstart() -> (TempDir, Store) {
    let results = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(results.path(), "quickstart");
    (results, store)
}

/// A value of every row.
pub fn all<'a, T>(rows: &'a [RunRow], value: impl Fn(&'a RunRow) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

pub fn gathered(store: &Store, runs: &[RunSpec]) -> Vec<RunRow> {
    store.gather(runs, &ExperimentMetadata::default(), &[]).expect("gathered");
    store.read_results().expect("readable").runs
}

/// Changes one bit of a file.
pub fn damage(path: &Path, place: usize) {
    let mut content = fs::read(path).expect("readable");
    content[place] ^= 1;
    fs::write(path, content).expect("damaged");
}

/// A claim on what single examples of `gated` cost.
pub fn claim(id: &str) -> Claim {
    Claim {
        id: id.to_owned(),
        statement: String::new(),
        question: Question::Correlate {
            quantities: [PerExample::FlopsPerExample, PerExample::DenseLoss],
            label: "gated".to_owned(),
            expect: Sign::Positive,
            margin: 0.0,
        },
    }
}
