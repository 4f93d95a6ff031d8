//! What a sweep and a report rely on: done means renamed, and everything comes back as written.

#[path = "support/stores.rs"]
mod stores;
#[path = "support/sample_run.rs"]
mod support;

use std::{
    fs,
    io::{Read as _, Write as _},
    path::Path,
};

use stores::{all, claim, damage, gathered, quickstart};
use support::{record, run};
use swanbench_results::{Error, Failure, Status, Store};
use swanbench_spec::{Claim, Keep, RunRecord, Stage};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

fn failure() -> Failure {
    Failure {
        reason: "loss is NaN".to_owned(),
        epoch: Some(3),
        wall_secs: 1.5,
        machine: "cpu".into(),
    }
}

/// Names in a folder, sorted.
fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn asking_whether_a_run_is_done_touches_no_disk() {
    let (results, store) = quickstart();
    assert!(!store.is_done("a1"));
    assert!(entries(results.path()).is_empty());
}

#[test]
fn a_written_run_is_done_and_complete() {
    let (_results, store) = quickstart();
    let run = run("a1", "pruned", Some(0.25), 2);
    store.write(&run, &record(), &"cpu".into(), None).expect("written");
    assert!(store.is_done("a1"));
    assert_eq!(entries(store.folder()), ["a1.zip"]);
    assert_eq!(store.list().expect("listed")[0].run, Some(run));
    assert_eq!(store.epochs("a1").expect("readable"), record().epochs);
}

#[test]
fn the_use_of_sites_and_examples_comes_back() {
    let (_results, store) = quickstart();
    store
        .write(&run("a1", "pruned", Some(0.25), 2), &record(), &"cpu".into(), None)
        .expect("written");
    assert_eq!(store.sites("a1").expect("readable"), record().sites);
    assert_eq!(store.examples("a1").expect("readable"), record().examples);
}

#[test]
fn runs_come_back_as_requested() {
    let (_results, store) = quickstart();
    store
        .write(&run("a1", "old name", Some(0.25), 0), &record(), &"cpu".into(), None)
        .expect("written");
    store.write(&run("b2", "dense", None, 1), &record(), &"cuda:0".into(), None).expect("written");
    let requested =
        [run("b2", "dense", None, 1), run("c3", "never", None, 2), run("a1", "new", Some(0.25), 0)];
    let rows = gathered(&store, &requested);
    assert_eq!(all(&rows, |row| row.run.label.as_str()), ["dense", "dense", "new", "new"]);
    assert_eq!(
        all(&rows, |row| row.cost.machine.device.as_str()),
        ["cuda:0", "cuda:0", "cpu", "cpu"]
    );
    assert_eq!(
        all(&rows, |row| row.evaluation.as_ref().map(|one| one.conditions.stage)),
        [Stage::Training, Stage::Recovery, Stage::Training, Stage::Recovery].map(Some)
    );
    assert_eq!(all(&rows, |row| row.run.target_activity), [None, None, Some(0.25), Some(0.25)]);
    let accuracies = all(&rows, |row| row.evaluation.as_ref().map(|one| one.test_accuracy));
    assert_eq!(accuracies, [Some(0.4), Some(0.9), Some(0.4), Some(0.9)]);
    assert_eq!(all(&rows, |row| row.cost.train_flops), [Some(1e12); 4]);
    assert_eq!(all(&rows, |row| row.status), [Status::Done; 4]);
    assert_eq!(all(&rows, |row| row.reason.as_deref()), [None; 4]);
}

#[test]
fn a_failed_run_has_one_row_that_says_why() {
    let (_results, store) = quickstart();
    let run = run("a1", "pruned", Some(0.25), 0);
    store.write_failure(&run, &failure()).expect("written");
    store.write_failure(&run, &failure()).expect("written again");
    assert!(!store.is_done("a1"));
    assert_eq!(store.failure("a1").expect("readable"), Some(failure()));
    let rows = gathered(&store, &[run]);
    assert_eq!(
        all(&rows, |row| (row.status, row.reason.as_deref())),
        [(Status::Failed, Some("loss is NaN"))]
    );
    assert_eq!(all(&rows, |row| row.evaluation.as_ref()), [None]);
    assert_eq!(all(&rows, |row| row.cost.wall_secs), [1.5]);
}

#[test]
fn a_success_removes_the_failure() {
    let (_results, store) = quickstart();
    let run = run("a1", "pruned", Some(0.25), 0);
    store.write_failure(&run, &failure()).expect("written");
    store.write(&run, &record(), &"cpu".into(), None).expect("written");
    assert_eq!(store.failure("a1").expect("readable"), None);
    assert_eq!(entries(store.folder()), ["a1.zip"]);
}

#[test]
fn a_run_that_is_done_stays_as_it_is() {
    let (_results, store) = quickstart();
    let run = run("a1", "pruned", Some(0.25), 0);
    store.write(&run, &record(), &"cpu".into(), None).expect("written");
    let later = RunRecord { wall_secs: 99.0, ..record() };
    store.write(&run, &later, &"cpu".into(), None).expect("dropped without a complaint");
    let rows = gathered(&store, &[run]);
    assert_eq!(all(&rows, |row| row.cost.wall_secs), [4.5, 4.5]);
}

#[test]
fn the_text_of_the_experiment_is_kept() {
    let (_results, store) = quickstart();
    store.write_experiment("name: quickstart\n").expect("written");
    let kept = fs::read_to_string(store.folder().join("experiment.yaml")).expect("readable");
    assert_eq!(kept, "name: quickstart\n");
}

#[test]
fn a_run_of_which_one_bit_has_changed_is_moved_aside() {
    let (_results, store) = quickstart();
    let run = run("a1", "pruned", Some(0.25), 0);
    let path = store.folder().join("a1.zip");
    for part in 1..5 {
        store.write(&run, &record(), &"cpu".into(), None).expect("written");
        store.verify("a1").expect("whole");
        let length = fs::metadata(&path).expect("a file").len() as usize;
        damage(&path, length * part / 6);
        let error = store.verify("a1").expect_err("damaged").to_string();
        assert!(error.ends_with("a1.zip.damaged`: its run starts afresh"), "{error}");
        assert!(!store.is_done("a1"));
        assert_eq!(entries(store.folder()), ["a1.zip.damaged"]);
        assert_eq!(store.leftovers().expect("listed"), [store.folder().join("a1.zip.damaged")]);
    }
    store.verify("a1").expect("nothing there is nothing damaged");
}

#[test]
fn runs_of_other_experiments_are_reused_if_whole() {
    let results = tempfile::tempdir().expect("a temporary folder");
    let other = Store::open(results.path(), "earlier");
    for id in ["a1", "b2"] {
        other
            .write(&run(id, "pruned", Some(0.25), 0), &record(), &"cpu".into(), None)
            .expect("written");
    }
    damage(&other.folder().join("b2.zip"), 4000);
    let store = Store::open(results.path(), "later");
    store.write_failure(&run("a1", "pruned", Some(0.25), 0), &failure()).expect("written");
    assert_eq!(store.reuse_from_others(["a1", "b2", "c3"], Keep::Results).expect("taken"), 1);
    assert_eq!(entries(store.folder()), ["a1.zip"]);
    store.verify("a1").expect("whole");
    let content = |store: &Store| fs::read(store.folder().join("a1.zip")).expect("readable");
    assert_eq!(content(&store), content(&other));
    assert!(other.is_done("a1"), "it stays where it was");
}

#[test]
fn a_report_on_what_was_never_swept_says_so() {
    let results = tempfile::tempdir().expect("a temporary folder");
    let error =
        Store::open(results.path(), "quickstrat").read_results().expect_err("nothing there");
    assert!(matches!(error, Error::NoResults { .. }));
    assert!(error.to_string().ends_with("sweep the experiment first, or check its name"));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let results = tempfile::tempdir().expect("a temporary folder");
    let file = results.path().join("results");
    fs::write(&file, b"").expect("a file in the way");
    let error = Store::open(&file, "quickstart").write_experiment("").expect_err("not a folder");
    assert_eq!(error.to_string(), format!("cannot create `{}`", file.join("quickstart").display()));
}

#[test]
fn claims_are_stated_before_the_first_result() {
    let (_results, store) = quickstart();
    let [early, other, late] = ["early", "other", "late"].map(claim);
    let stated = |claims: &[Claim]| store.state_claims(claims).expect("stated");
    let before = [early.clone(), other];
    assert_eq!(stated(&before[..1]), before[..1]);
    assert_eq!(stated(&before), before);
    store
        .write(&run("0123456789abcdef", "gated", None, 0), &record(), &"cpu".into(), None)
        .expect("written");
    assert_eq!(stated(&[early, late]), before);
}

/// Lowers the version of the schema in the parquet files of a run.
fn make_older(path: &Path, by: u8) {
    const KEY: &[u8] = b"swanbench.schema";
    let mut archive = ZipArchive::new(fs::File::open(path).expect("a file")).expect("an archive");
    let mut older = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for position in 0..archive.len() {
        let mut member = archive.by_index(position).expect("a member");
        let name = member.name().expect("a name").into_owned();
        let mut content = Vec::new();
        member.read_to_end(&mut content).expect("readable");
        if let Some(key) = content.windows(KEY.len()).position(|part| part == KEY) {
            // The kind of the field, its length, and its one digit.
            content[key + KEY.len() + 2] -= by;
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        older.start_file(&*name, options).expect("started");
        older.write_all(&content).expect("written");
    }
    fs::write(path, older.finish().expect("finished").into_inner()).expect("written");
}

#[test]
fn a_run_of_a_schema_that_is_not_read_is_trained_again() {
    let (results, store) = quickstart();
    store
        .write(&run("a1", "gated", Some(0.1), 0), &record(), &"cpu".into(), None)
        .expect("written");
    make_older(&store.folder().join("a1.zip"), 1);
    store.verify("a1").expect("an older version that is read");
    make_older(&store.folder().join("a1.zip"), 1);
    let other = Store::open(results.path(), "other");
    assert_eq!(other.reuse_from_others(["a1"], Keep::Results).expect("read"), 0);
    let moved = store.verify("a1").expect_err("another version").to_string();
    assert!(moved.contains("moved to"), "{moved}");
    assert!(!store.is_done("a1"));
}
