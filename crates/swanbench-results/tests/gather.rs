//! What is gathered is what the runs measured, and only new runs are read.

#[path = "support/stores.rs"]
mod stores;
#[path = "support/sample_run.rs"]
mod support;

use std::{fs, os::unix::fs::MetadataExt as _};

use sha2::{Digest as _, Sha256};
use stores::{all, claim, damage, gathered, quickstart};
use support::{record, run};
use swanbench_results::{ExperimentMetadata, GroupBy, RunRow, Store, parquet};
use swanbench_spec::{Claim, Evaluation, ExampleUse, RunRecord, RunSpec};

#[test]
fn what_is_gathered_comes_back_as_written() {
    let (_results, store) = quickstart();
    let run = run("a1", "pruned", Some(0.25), 0);
    store.write(&run, &record(), &"cpu".into(), None).expect("written");
    let about = ExperimentMetadata {
        command: "swanbench sweep trial.yaml".to_owned(),
        ..ExperimentMetadata::default()
    };
    store.gather(&[run], &about, &[]).expect("gathered");
    let read = store.read_results().expect("readable");
    assert_eq!(read.about, about);
    let RunRecord { evaluations, epochs, sites, .. } = record();
    let rows = |read: &[RunRow]| {
        parquet::frame(&read.iter().filter_map(|row| row.evaluation.clone()).collect::<Vec<_>>())
    };
    // As frames, in which NaN equals NaN.
    let (runs, as_written) = (rows(&read.runs), parquet::frame(&evaluations));
    assert!(runs.equals_missing(&as_written), "{runs} is not {as_written}");
    assert_eq!(read.epochs.iter().map(|row| row.row.clone()).collect::<Vec<_>>(), epochs);
    assert_eq!(read.sites.iter().map(|row| row.row.clone()).collect::<Vec<_>>(), sites);
    assert_eq!(
        (read.epochs[0].run.label.as_str(), read.sites[0].run.run_id.as_str()),
        ("pruned", "a1")
    );
}

#[test]
fn details_are_those_of_the_middle_target_and_of_claims() {
    let (_results, store) = quickstart();
    let targets = [None, Some(0.5), Some(0.25), Some(0.1)];
    let label = |target: Option<f64>| if target.is_some() { "gated" } else { "dense" };
    let runs: Vec<RunSpec> = targets
        .iter()
        .map(|target| run(&format!("{target:?}"), label(*target), *target, 0))
        .collect();
    for run in &runs {
        store.write(run, &record(), &"cpu".into(), None).expect("written");
    }
    let detailed = |claims: &[Claim]| {
        let about = ExperimentMetadata { claims: claims.to_vec(), ..ExperimentMetadata::default() };
        store.gather(&runs, &about, &[]).expect("gathered");
        let mut targets: Vec<Option<f64>> = store
            .read_results()
            .expect("readable")
            .epochs
            .iter()
            .map(|row| row.run.target_activity)
            .collect();
        targets.dedup();
        targets
    };
    assert_eq!(detailed(&[]), [None, Some(0.25)]);
    assert_eq!(detailed(&[claim("adapts")]), targets);
}

#[test]
fn a_damaged_run_is_moved_aside_by_whoever_gathers_it() {
    let (_results, store) = quickstart();
    let run = run("a1", "pruned", Some(0.25), 0);
    store.write(&run, &record(), &"cpu".into(), None).expect("written");
    damage(&store.folder().join("a1.zip"), 4000);
    let about = ExperimentMetadata::default();
    let error = store.gather(std::slice::from_ref(&run), &about, &[]);
    let error = error.expect_err("a damaged file");
    assert!(error.to_string().contains("is damaged or of another version"), "{error}");
    assert!(!store.is_done("a1"));
}

#[test]
fn only_new_runs_are_read() {
    let (_results, store) = quickstart();
    let (first, second) = (run("a1", "old", Some(0.25), 0), run("b2", "dense", None, 0));
    store.write(&first, &record(), &"cpu".into(), None).expect("written");
    gathered(&store, std::slice::from_ref(&first));
    assert!(store.verify_new(["a1"]).expect("verified").is_empty());

    // The file of the first is not read any more: it may be damaged, at the same length and time.
    let path = store.folder().join("a1.zip");
    let written = fs::metadata(&path).and_then(|file| file.modified()).expect("a time");
    damage(&path, 4000);
    let file = fs::File::options().write(true).open(&path).expect("a file");
    file.set_modified(written).expect("set");
    store.write(&second, &record(), &"cpu".into(), None).expect("written");
    let runs = [second, RunSpec { label: "new".to_owned(), ..first }];
    gathered(&store, &runs);
    let results = store.read_results().expect("readable");
    assert_eq!(all(&results.runs, |row| &*row.run.label), ["dense", "dense", "new", "new"]);
    let labels = results.epochs.iter().map(|row| &*row.run.label).collect::<Vec<_>>();
    assert_eq!((labels[0], labels[labels.len() - 1]), ("dense", "new"));

    // What has changed is.
    file.set_modified(written + std::time::Duration::from_secs(1)).expect("set");
    assert_eq!(store.verify_new(["a1", "b2"]).expect("verified").len(), 1);
}

/// What a dense reference measures: its examples differ in difficulty.
fn dense_record() -> RunRecord {
    let RunRecord { evaluations, examples, .. } = record();
    let whole = |one: Evaluation| Evaluation { unit_flops_share: 1.0, ..one };
    let example = |loss| ExampleUse { loss, ..examples[0].clone() };
    RunRecord {
        evaluations: evaluations.into_iter().map(whole).collect(),
        examples: [0.1, 0.7, 0.4].map(example).to_vec(),
        ..record()
    }
}

#[test]
fn what_is_gathered_bit_by_bit_is_what_is_gathered_at_once() {
    let gated = RunRecord { examples: dense_record().examples, ..record() };
    let runs = [run("a1", "gated", Some(0.25), 0), run("b2", "dense", None, 0)];
    let records = [gated, dense_record()];
    let write = |store: &Store, place: usize| {
        store.write(&runs[place], &records[place], &"cpu".into(), None).expect("written");
    };
    let files = |store: &Store| {
        let tables = ["runs", "epochs", "sites", "adaptivity"];
        tables.map(|name| fs::read(store.folder().join(format!("{name}.parquet"))).expect("there"))
    };
    let (_results, little_by_little) = quickstart();
    write(&little_by_little, 0);
    let before = gathered(&little_by_little, &runs);
    // Now the examples of the first are grouped anew, by the losses of the second.
    write(&little_by_little, 1);
    gathered(&little_by_little, &runs);
    let (_results, at_once) = quickstart();
    (0..2).for_each(|place| write(&at_once, place));
    let after = gathered(&at_once, &runs);
    assert!(files(&little_by_little) == files(&at_once));
    assert_eq!((before.len(), after.len()), (2, 4));
    let groups = at_once.read_results().expect("readable").adaptivity;
    assert!(groups.iter().any(|group| group.row.by == GroupBy::Difficulty));
}

#[test]
fn where_nothing_is_new_nothing_is_written() {
    let (_results, store) = quickstart();
    let run = run("a1", "pruned", Some(0.25), 0);
    store.write(&run, &record(), &"cpu".into(), None).expect("written");
    gathered(&store, std::slice::from_ref(&run));
    let path = store.folder().join("runs.parquet");
    let inode = || fs::metadata(&path).expect("a file").ino();
    let before = inode();
    gathered(&store, std::slice::from_ref(&run));
    assert_eq!(inode(), before);
    let other = ExperimentMetadata { classes: 10, ..ExperimentMetadata::default() };
    store.gather(&[run], &other, &[]).expect("gathered");
    assert_eq!(store.read_results().expect("readable").about, other);
}

#[test]
fn a_sweep_that_has_not_come_to_its_end_is_named() {
    let (_results, store) = quickstart();
    let complaint = || store.read_results().expect_err("nothing gathered").to_string();
    assert!(complaint().starts_with("no results at"), "{}", complaint());
    store.write(&run("a1", "dense", None, 0), &record(), &"cpu".into(), None).expect("written");
    assert!(complaint().contains("has finished runs, but no sweep has come to its end"));
}

#[test]
fn tables_of_an_older_version_are_gathered_anew() {
    let (_results, store) = quickstart();
    let runs = [run("a1", "dense", None, 0)];
    store.write(&runs[0], &dense_record(), &"cpu".into(), None).expect("written");
    gathered(&store, &runs);
    let path = |name: &str| store.folder().join(name);
    let there = || fs::read(path("adaptivity.parquet")).expect("there");
    let now = there();
    // As an older program left them: with its version, and without what is gathered now.
    let key = b"swanbench.schema";
    let place = now.windows(key.len()).position(|part| part == key).expect("a version");
    let mut older = now.clone();
    older[place + key.len() + 2] -= 1;
    let listing = fs::read_to_string(path("checksums.sha256")).expect("there");
    let sum = |content: &[u8]| hex::encode(Sha256::digest(content));
    assert!(listing.contains(&sum(&now)));
    fs::write(path("checksums.sha256"), listing.replace(&sum(&now), &sum(&older)))
        .expect("written");
    fs::write(path("adaptivity.parquet"), &older).expect("written");
    assert!(store.read_results().is_ok(), "a report reads them as they are");
    gathered(&store, &runs);
    assert!(there() == now);
}

#[test]
fn an_index_of_other_tables_is_not_believed() {
    let (_results, store) = quickstart();
    let runs = [run("a1", "pruned", Some(0.25), 0), run("b2", "pruned", Some(0.25), 1)];
    let write = |place: usize| {
        store.write(&runs[place], &record(), &"cpu".into(), None).expect("written");
    };
    let path = |name: &str| store.folder().join(name);
    write(0);
    gathered(&store, &runs);
    let tables = ["runs", "epochs", "sites", "adaptivity"].map(|name| format!("{name}.parquet"));
    let names = tables.iter().map(String::as_str).chain(["checksums.sha256"]);
    let before = names.map(|name| (path(name), fs::read(path(name)).expect("there")));
    let before = before.collect::<Vec<_>>();
    write(1);
    gathered(&store, &runs);
    // As if a process that knew of the first run only had written its tables last.
    for (path, content) in before {
        fs::write(path, content).expect("written");
    }
    assert_eq!(gathered(&store, &runs).len(), 4);
}
