//! Whatever stops a sweep, the finished one is what it would have been without.

#[path = "support/folder.rs"]
mod support;

use std::{
    array,
    collections::BTreeMap,
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, SystemTime},
};

use serde_json::Value;
use support::{Folder, TINY, assert_contains};

/// Kills of each kind that a sweep must survive.
const KILLS: usize = 30;

/// Every method, with augmentation, so that every random stream is in a checkpoint, and with a
/// second task.
fn experiment() -> String {
    TINY.replace("limit: 300 }", "limit: 300, crop_padding: 1, flip: true }")
        .replace("epochs: 4, recovery_epochs: 1", "epochs: 10, recovery_epochs: 4")
        .replace(
            "seeds:",
            "phases: [{}, { images: inverted, classes: [0, 2, 3], epochs: 4, measure_after_steps: [2, 7] }]\nseeds:",
        )
}

/// One run at a time, with a checkpoint after every epoch.
const ALONE: [&str; 4] = ["--jobs", "1", "--checkpoint-every", "0"];

fn start(folder: &Folder, options: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_swanbench"))
        .args(["sweep", "tiny.yaml"])
        .args(options)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The measurements of a sweep.
#[derive(PartialEq)]
struct Measured {
    /// By run.
    curves: BTreeMap<String, Vec<u8>>,
    /// What the report has of every evaluation.
    tables: [Vec<u8>; 2],
}

/// Returns what a sweep measures that nothing stops.
fn undisturbed() -> Measured {
    let folder = Folder::with("tiny.yaml", &experiment());
    folder.sweep(&[]);
    measured(&folder)
}

fn measured(folder: &Folder) -> Measured {
    let read = |name| fs::read(folder.path().join("plots/tiny").join(name)).unwrap();
    let tables = ["table.csv", "phases.md"].map(read);
    Measured { curves: folder.metrics("results/tiny"), tables }
}

/// Returns the names of checkpoints and leases.
fn leftovers(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.results()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let is_left = |name: &String| {
        let kind = Path::new(name).extension();
        kind.is_some_and(|kind| kind == "checkpoint" || kind == "lease-1")
    };
    names.filter(is_left).collect()
}

/// Returns when to kill next: later after many kills, so that a busy machine finishes too.
fn lengthened(delay: Duration, kills: usize) -> Duration {
    delay.mul_f64(1.0 + kills as f64 / 15.0)
}

/// Returns times that look random, from just after the start to when about half is done.
fn delays() -> impl Iterator<Item = Duration> {
    let mut state = 7_u64;
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(150 + (state >> 33) % 700)
    })
}

/// Kills sweeps of one experiment in turn, and starts each again, until all are done.
fn kill_many_times<const SWEEPS: usize>(options: &[&str]) {
    let expected = undisturbed();
    let begin = || {
        let folder = Folder::with("tiny.yaml", &experiment());
        let sweeps: [Child; SWEEPS] = array::from_fn(|_| start(&folder, options));
        (folder, sweeps)
    };
    let (mut folder, mut sweeps) = begin();
    let (mut kills, mut finished) = (0, 0);
    for (turn, delay) in delays().enumerate() {
        thread::sleep(lengthened(delay / SWEEPS as u32, kills));
        let victim = &mut sweeps[turn % SWEEPS];
        if victim.try_wait().unwrap().is_none() {
            victim.kill().unwrap();
            victim.wait().unwrap();
            kills += 1;
            *victim = start(&folder, options);
            continue;
        }
        // One has found everything done: so will the others.
        for sweep in &mut sweeps {
            assert!(sweep.wait().unwrap().success());
        }
        assert!(measured(&folder) == expected, "after {kills} kills");
        assert_eq!(leftovers(&folder), Vec::<String>::new());
        finished += 1;
        if kills >= KILLS {
            break;
        }
        (folder, sweeps) = begin();
    }
    assert!(finished > 0);
}

#[test]
fn a_sweep_killed_many_times_ends_with_the_same_bits() {
    kill_many_times::<1>(&["--jobs", "2", "--checkpoint-every", "0"]);
}

#[test]
fn two_sweeps_killed_many_times_end_with_the_same_bits() {
    kill_many_times::<2>(&ALONE);
}

#[test]
fn two_sweeps_at_once_train_every_run_once() {
    let expected = undisturbed();
    let folder = Folder::with("tiny.yaml", &experiment());
    let trained = |sweep: Child| {
        let output = sweep.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{stderr}");
        stderr.lines().filter(|line| line.contains("unit FLOPs")).count()
    };
    let (one, two) = (start(&folder, &ALONE), start(&folder, &ALONE));
    assert_eq!(trained(one) + trained(two), expected.curves.len());
    assert!(measured(&folder) == expected);
}

#[test]
fn ctrl_c_keeps_what_is_done_and_exits_with_130() {
    let expected = undisturbed();
    let folder = Folder::with("tiny.yaml", &experiment());
    let sweep = start(&folder, &["--jobs", "1"]);
    // The first run is done, most are not.
    while !folder.results().exists() || folder.metrics("results/tiny").is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    let id = sweep.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = sweep.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert_contains(&stderr, "error: interrupted; the same command continues");
    assert!(
        folder.metrics("results/tiny").len() < expected.curves.len(),
        "it did not run to its end"
    );
    folder.sweep(&[]);
    assert!(measured(&folder) == expected);
}

#[test]
fn a_damaged_checkpoint_is_moved_aside() {
    let expected = undisturbed();
    let folder = Folder::with("tiny.yaml", &experiment());
    let results = folder.results();
    fs::create_dir_all(&results).unwrap();
    let id = expected.curves.keys().next().unwrap();
    fs::write(results.join(format!("{id}.checkpoint")), "half a checkpoint").unwrap();
    let output = folder.sweep(&[]);
    let warning = format!("{id}.checkpoint` is damaged or of another version and was moved to");
    assert_contains(&output.stderr, &warning);
    assert!(measured(&folder) == expected);
}

#[test]
fn a_damaged_result_is_moved_aside_and_trained_again() {
    let folder = Folder::with("tiny.yaml", &experiment());
    folder.sweep(&[]);
    let before = measured(&folder);
    let results = folder.results();
    let id = before.curves.keys().next().unwrap();
    let path = results.join(format!("{id}.zip"));
    let mut content = fs::read(&path).unwrap();
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(&path, content).unwrap();
    let output = folder.sweep(&["--log-format", "json"]);
    let aside = format!("moved to `results/tiny/{id}.zip.damaged`: its run starts afresh");
    let lines: Vec<Value> =
        output.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let warning = lines.iter().find(|line| line["event"] == "warning").unwrap();
    assert_contains(warning["text"].as_str().unwrap(), &aside);
    assert_eq!(lines.iter().filter(|line| line["event"] == "run-done").count(), 1);
    fs::remove_file(results.join(format!("{id}.zip.damaged"))).unwrap();
    assert!(measured(&folder) == before);
}

#[test]
fn experiments_that_share_runs_share_their_results() {
    let folder = Folder::with("tiny.yaml", &experiment());
    folder.sweep(&[]);
    let other = ["--set", "name=other", "--set", "seeds=[1, 2]"];
    let planned = folder.sweep(&[&other[..], &["--dry-run"]].concat()).stdout;
    assert_eq!(planned.matches("done elsewhere").count(), 6, "{planned}");
    assert_contains(&folder.sweep(&other).stderr, "12 runs, 6 already done");
    let (tiny, other) = (folder.metrics("results/tiny"), folder.metrics("results/other"));
    let shared = other.iter().filter(|(id, curves)| tiny.get(*id) == Some(curves));
    assert_eq!((shared.count(), other.len()), (6, 12));
}

/// Imitates a full disk, which needs no rights: no file may grow beyond the limit, and writing more
/// is an error.
#[test]
fn a_full_disk_is_an_error_and_loses_no_result() {
    let expected = undisturbed();
    let folder = Folder::with("tiny.yaml", &experiment());
    folder.sweep(&["--set", "seeds=[0]"]);
    let done = folder.metrics("results/tiny");
    assert_eq!(done.len(), 6);
    // Blocks of 1024 bytes: less than a checkpoint or a result needs.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" sweep tiny.yaml";
    let full = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_swanbench")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8(full.stderr).unwrap();
    assert_eq!(full.status.code(), Some(1), "{stderr}");
    assert_contains(&stderr, "error: cannot write `results/tiny/");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(folder.metrics("results/tiny"), done);
    folder.sweep(&[]);
    assert!(measured(&folder) == expected);
}

#[test]
fn failed_runs_are_trained_again_only_on_request() {
    let text = experiment().replace("batch_size: 32", "optimizer: sgd, learning_rate: 1e30");
    let folder = Folder::with("tiny.yaml", &text);
    folder.sweep_fails(&[]);
    let again = folder.sweep_fails(&[]);
    assert_contains(&again, "12 of them in an earlier sweep: --retry-failed");
    assert!(!again.contains("seed 0 failed"), "nothing was trained: {again}");
    assert_contains(&again, "12 runs, 0 already done, 12 failed before\n");
    let planned = folder.succeed(&["sweep", "tiny.yaml", "--dry-run"]).stdout;
    assert_contains(&planned, "12 runs, 0 done, 12 failed, which --retry-failed trains again\n");
    let listed = folder.succeed(&["runs", "tiny"]).stdout;
    let reason = "seeds 0, 1 failed: the loss is not a finite number";
    assert!(listed.starts_with("dense ") && listed.contains(reason), "{listed}");
    assert!(listed.ends_with("12 runs, 0 done\n"), "{listed}");
    assert_contains(&folder.sweep_fails(&["--retry-failed"]), "seed 0 failed");
}

#[test]
fn clean_touches_results_only() {
    let folder = Folder::with("Cargo.lock", "not ours");
    let output = folder.run(&["clean", ".", "--results", ".", "--yes"]);
    assert_eq!(output.status.code(), Some(2), "{}", output.stdout);
    assert_contains(&output.stderr, "is no folder of results: it has no experiment.yaml");
    assert!(folder.path().join("Cargo.lock").exists());
}

#[test]
fn clean_shows_and_removes_everything_but_results() {
    let folder = Folder::with("tiny.yaml", &experiment());
    folder.sweep(&[]);
    let before = measured(&folder);
    assert!(folder.succeed(&["clean", "tiny"]).stdout.starts_with("nothing but results in"));

    let results = folder.results();
    for left in ["0123456789abcdef.checkpoint", "0123456789abcdef.lease-1"] {
        fs::write(results.join(left), "").unwrap();
    }
    let lease = File::options().append(true).open(results.join("0123456789abcdef.lease-1"));
    lease.unwrap().set_modified(SystemTime::now() - Duration::from_mins(10)).unwrap();
    fs::create_dir(results.join(".unfinished-x")).unwrap();
    let listed = folder.succeed(&["runs", "tiny"]).stdout;
    assert_contains(&listed, "\n0123456789abcdef  interrupted\n");
    assert!(listed.ends_with("13 runs, 12 done\n"), "{listed}");

    let shown = folder.succeed(&["clean", "tiny"]).stdout;
    assert_eq!(shown.matches("would remove").count(), 3, "{shown}");
    assert_eq!(fs::read_dir(&results).unwrap().count(), 12 + 10 + 3, "nothing was removed yet");
    let removed = folder.succeed(&["clean", "tiny", "--yes"]).stdout;
    assert_eq!(removed.matches("removed").count(), 3, "{removed}");
    assert!(measured(&folder) == before);
    assert_eq!(folder.run(&["clean", "never"]).status.code(), Some(2));
}
