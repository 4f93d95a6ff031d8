//! Whatever stands in the files of results, reading them ends with an answer or an error.

#[path = "support/sample_run.rs"]
mod support;

use std::{fs, path::PathBuf, sync::LazyLock};

use proptest::prelude::*;
use support::{record, run};
use swanbench_results::{ExperimentMetadata, Failure, Store};
use tempfile::TempDir;

/// Relative to the folder of the experiment.
const FILES: [&str; 10] = [
    "runs.parquet",
    "epochs.parquet",
    "adaptivity.parquet",
    "about.json",
    "checksums.sha256",
    "gathered.json",
    "a1.zip",
    "b2.failed/failure.json",
    "b2.failed/run.json",
    "c3.checkpoint",
];

/// The files of one run that is done and of one that failed, and the file over all runs, as written.
static WRITTEN: LazyLock<Vec<(PathBuf, Vec<u8>)>> = LazyLock::new(|| {
    let results = tempfile::tempdir().expect("a temporary folder");
    let store = fill(&results);
    let folder = store.folder();
    let read = |file: &str| (PathBuf::from(file), fs::read(folder.join(file)).expect("readable"));
    FILES.map(read).to_vec()
});

fn fill(results: &TempDir) -> Store {
    let store = Store::open(results.path(), "quickstart");
    let (done, failed) = (run("a1", "pruned", Some(0.25), 0), run("b2", "pruned", None, 1));
    store.write(&done, &record(), &"cpu".into(), None).expect("written");
    let failure = Failure {
        reason: "loss is NaN".to_owned(),
        epoch: Some(3),
        wall_secs: 1.5,
        machine: "cpu".into(),
    };
    store.write_failure(&failed, &failure).expect("written");
    store.write_checkpoint("c3", b"weights and more").expect("written");
    store.gather(&[done, failed], &ExperimentMetadata::default(), &[]).expect("gathered");
    store
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_never_stops_the_program(
        which in 0..FILES.len(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let results = tempfile::tempdir().expect("a temporary folder");
        let store = fill(&results);
        let (path, whole) = &WRITTEN[which];
        let mut content = whole.clone();
        for (place, byte) in &damage {
            let place = place.index(content.len());
            content[place] = *byte;
        }
        if cut {
            content.truncate(length.index(whole.len()));
        }
        let changed = content != *whole;
        fs::write(store.folder().join(path), content).expect("damaged");
        // None of these may panic; what they answer is tested elsewhere.
        let _ = (store.read_results(), store.list(), store.leftovers(), store.failure("b2"));
        let _ = (store.evaluations("a1"), store.epochs("a1"));
        let _ = (store.sites("a1"), store.examples("a1"));
        let checkpoint = store.checkpoint("c3");
        if path.ends_with("c3.checkpoint") {
            prop_assert_eq!(checkpoint.is_err(), changed);
        }
        // What is read of a run is what was written: a byte that no member has may be any.
        if store.verify("a1").is_ok() {
            prop_assert_eq!(store.epochs("a1").expect("whole"), record().epochs);
            prop_assert_eq!(store.sites("a1").expect("whole"), record().sites);
        } else {
            prop_assert!(path.ends_with("a1.zip") && changed);
        }
    }
}
