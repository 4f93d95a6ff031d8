//! Signals and closed pipes, which stop a sweep but never break it.

#[path = "support/folder.rs"]
mod support;

use std::{
    ffi::OsStr,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use support::{Folder, TINY, assert_contains};

/// Pairs of signals that a sweep must survive.
const PAIRS: u32 = 50;

/// Convolutions, whose threads crash if libtorch is torn down under them. Some seconds of training
/// for each pair.
const CONVOLUTIONS: &str = "\
name: tiny
data: { kind: mnist-5k, limit: 1000 }
model: { kind: lenet5, width: 0.5 }
train: { epochs: 20, recovery_epochs: 1, batch_size: 32 }
seeds: [0, 1]
targets: [0.25, 0.5]
methods:
  - swan
  - { kind: magnitude, schedule: gradual }
  - { kind: rigl }
";

fn command(program: impl AsRef<OsStr>, folder: &Folder) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Starts a sweep, and waits until it trains.
fn start(folder: &Folder) -> Child {
    let log = || fs::read_to_string(folder.results().join("log.jsonl")).unwrap_or_default();
    let started = |log: &str| log.matches("sweep-started").count();
    let before = started(&log());
    let sweep = command(env!("CARGO_BIN_EXE_swanbench"), folder)
        .args(["sweep", "tiny.yaml", "--jobs", "2"])
        .spawn()
        .unwrap();
    while started(&log()) == before {
        thread::sleep(Duration::from_millis(2));
    }
    sweep
}

fn send(signal: &str, sweep: &Child) {
    // One that has ended already needs none.
    let id = sweep.id().to_string();
    Command::new("kill").args([signal, &id]).stderr(Stdio::null()).status().unwrap();
}

/// Draws a number below `end`, the same for the same `purpose`.
fn draw(purpose: impl Hash, end: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    purpose.hash(&mut hasher);
    hasher.finish() % end
}

#[test]
fn pairs_of_signals_end_with_130_and_fail_no_run() {
    let folder = Folder::with("tiny.yaml", CONVOLUTIONS);
    let signal = |purpose| ["-INT", "-TERM", "-HUP"][draw(purpose, 3) as usize];
    for pair in 0..PAIRS {
        let sweep = start(&folder);
        thread::sleep(Duration::from_millis(draw((pair, "first"), 600)));
        send(signal((pair, "signal")), &sweep);
        thread::sleep(Duration::from_millis(draw((pair, "second"), 120)));
        send(signal((pair, "another signal")), &sweep);
        let output = sweep.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "pair {pair}: {}\n{stderr}", output.status);
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
    let entries = fs::read_dir(folder.results()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    assert_eq!(names.filter(|name| name.ends_with(".failed")).count(), 0);
    // The same command continues.
    folder.sweep(&["--jobs", "2"]);
}

#[test]
fn nobody_need_read_what_a_sweep_prints() {
    let folder = Folder::with("tiny.yaml", TINY);
    let mut sweep = command(env!("CARGO_BIN_EXE_swanbench"), &folder)
        .args(["sweep", "tiny.yaml"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The reading ends of both pipes.
    drop((sweep.stdout.take(), sweep.stderr.take()));
    assert!(sweep.wait().unwrap().success());
    assert!(folder.path().join("plots/tiny/table.md").exists());
}

#[test]
fn a_terminal_that_closes_stops_a_sweep() {
    let folder = Folder::with("tiny.yaml", CONVOLUTIONS);
    let mut sweep = start(&folder);
    drop(sweep.stderr.take());
    send("-HUP", &sweep);
    assert_eq!(sweep.wait().unwrap().code(), Some(130));
}

#[test]
fn a_sweep_under_nohup_outlives_its_terminal() {
    let folder = Folder::with("tiny.yaml", TINY);
    let sweep = command("nohup", &folder)
        .args([env!("CARGO_BIN_EXE_swanbench"), "sweep", "tiny.yaml"])
        .spawn()
        .unwrap();
    while !folder.results().join("log.jsonl").exists() {
        thread::sleep(Duration::from_millis(2));
    }
    send("-HUP", &sweep);
    let output = sweep.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_sweep_that_cannot_store_a_result_stops() {
    let folder = Folder::with("tiny.yaml", &TINY.replace("epochs: 4", "epochs: 400"));
    let sweep = start(&folder);
    // The folder is gone, and a file has its name.
    fs::rename(folder.results(), folder.path().join("moved")).unwrap();
    fs::write(folder.results(), "").unwrap();
    let output = sweep.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_contains(&String::from_utf8_lossy(&output.stderr), "error: cannot ");
}
