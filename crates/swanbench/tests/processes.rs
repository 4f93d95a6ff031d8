//! Runs in processes of their own: the results are those of threads, and nothing outlives the sweep.

#[path = "support/folder.rs"]
mod support;

use std::{
    fs,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use support::{Folder, TINY, assert_contains};

const PROCESSES: [&str; 6] = ["sweep", "tiny.yaml", "--launcher", "processes", "--jobs", "3"];

/// Takes the densities of another run, which some process trains first.
const WITH_SOURCE: &str =
    "  - { kind: magnitude, scope: unit, label: as swan, densities_from: swan }\n";

/// Trains for a minute if nothing stops it.
const LONG: &str = "\
name: tiny
data: { kind: mnist-5k, limit: 1000 }
model: { kind: lenet5, width: 0.5 }
train: { epochs: 100, batch_size: 32 }
seeds: [0, 1]
methods: [dense]
";

/// Starts a sweep, and waits until it has trained an epoch.
fn start(folder: &Folder) -> Child {
    let log = || fs::read_to_string(folder.results().join("log.jsonl")).unwrap_or_default();
    let sweep = Command::new(env!("CARGO_BIN_EXE_swanbench"))
        .args(PROCESSES)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !log().contains("\"event\":\"epoch\"") {
        thread::sleep(Duration::from_millis(5));
    }
    sweep
}

/// Returns the checkpoints of runs that were stopped.
fn checkpoints(folder: &Folder) -> usize {
    let names = fs::read_dir(folder.results()).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().ends_with(".checkpoint")).count()
}

#[test]
fn processes_train_what_threads_train() {
    let folder = Folder::with("tiny.yaml", &(TINY.to_owned() + WITH_SOURCE));
    let output = folder.succeed(&[&PROCESSES[..], &["--tensorboard"]].concat());
    assert_contains(&output.stderr, "14/14] ");
    let log = fs::read_to_string(folder.results().join("log.jsonl")).unwrap();
    for (event, count) in [("sweep-started", 1), ("run-done", 14), ("sweep-ended", 1)] {
        assert_eq!(log.matches(&format!("\"event\":\"{event}\"")).count(), count, "{event}");
    }
    assert_eq!(fs::read_dir(folder.results().join("tensorboard")).unwrap().count(), 14);
    let table = || fs::read_to_string(folder.path().join("plots/tiny/table.csv")).unwrap();
    let of_processes = table();
    fs::remove_dir_all(folder.path().join("results")).unwrap();
    folder.succeed(&["sweep", "tiny.yaml", "--launcher", "local"]);
    assert_eq!(of_processes, table());
}

#[test]
fn a_signal_stops_all_processes_after_checkpoints() {
    let folder = Folder::with("tiny.yaml", LONG);
    let sweep = start(&folder);
    Command::new("kill").args(["-TERM", &sweep.id().to_string()]).status().unwrap();
    let output = sweep.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{words}");
    assert_contains(&words, "the same command continues");
    assert_eq!(checkpoints(&folder), 2);
}

#[test]
fn processes_stop_if_the_sweep_is_killed() {
    let folder = Folder::with("tiny.yaml", LONG);
    let mut sweep = start(&folder);
    sweep.kill().unwrap();
    sweep.wait().unwrap();
    // Each writes its checkpoint at the end of its epoch.
    for _ in 0..600 {
        if checkpoints(&folder) == 2 {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("processes train on without their sweep");
}

#[test]
fn others_train_what_a_killed_process_leaves() {
    let folder = Folder::with("tiny.yaml", &LONG.replace("epochs: 100", "epochs: 20"));
    let sweep = start(&folder);
    let threads = fs::read_dir(format!("/proc/{}/task", sweep.id())).unwrap();
    let children = threads.map(|thread| thread.unwrap().path().join("children"));
    let children: String = children.filter_map(|path| fs::read_to_string(path).ok()).collect();
    let first = children.split_whitespace().next().unwrap();
    Command::new("kill").args(["-KILL", first]).status().unwrap();
    let output = sweep.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{words}");
    assert_contains(&words, "start again");
    assert_contains(&words, "[2/2]");
}

#[test]
fn a_run_that_fails_fails_the_sweep() {
    let broken = TINY.replace("batch_size: 32", "batch_size: 32, learning_rate: 1e30");
    let folder = Folder::with("tiny.yaml", &broken);
    let output = folder.run(&PROCESSES);
    assert_eq!(output.status.code(), Some(1), "{}", output.stderr);
    assert_contains(&output.stderr, "12 of 12 runs failed");
    assert_contains(&output.stderr, "the loss is not a finite number");
}
