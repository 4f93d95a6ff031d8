//! Whatever stops a sweep, the finished one is what it would have been without.

mod support;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use support::{Folder, TINY};

/// Kills of each kind that a sweep must survive.
const KILLS: usize = 30;

/// Every method, with augmentation, so that every random stream is in a checkpoint, and with a second
/// phase.
fn experiment() -> String {
    TINY.replace("limit: 300 }", "limit: 300, crop_padding: 1, flip: true }")
        .replace("epochs: 4, recovery_epochs: 1", "epochs: 10, recovery_epochs: 4")
        .replace(
            "seeds:",
            "phases: [{}, { images: inverted, classes: [0, 2, 3], epochs: 4 }]\nseeds:",
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

/// What a sweep that nothing stopped has measured: curves by run, and the table.
fn undisturbed() -> (BTreeMap<String, Vec<u8>>, Vec<u8>) {
    let folder = Folder::with("tiny.yaml", &experiment());
    let output = folder.run(&["sweep", "tiny.yaml"]);
    assert!(output.status.success(), "{}", output.stderr);
    measured(&folder)
}

fn measured(folder: &Folder) -> (BTreeMap<String, Vec<u8>>, Vec<u8>) {
    let table = fs::read(folder.path().join("plots/tiny/table.csv")).unwrap();
    (folder.metrics("results/tiny"), table)
}

/// What is not a result: checkpoints, locks, drafts.
fn leftovers(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.path().join("results/tiny")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let is_left = |name: &String| {
        let kind = Path::new(name).extension();
        kind.is_some_and(|kind| kind == "checkpoint" || kind == "lock")
    };
    names.filter(is_left).collect()
}

/// When to kill next after so many kills: at a moment that looks random, and later and later, so that
/// a machine that is busy gets somewhere too.
fn patience(delay: Duration, kills: usize) -> Duration {
    delay.mul_f64(1.0 + kills as f64 / 15.0)
}

/// Milliseconds that look random, from just after the start to when about half is done.
fn delays() -> impl Iterator<Item = Duration> {
    let mut state = 7_u64;
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(150 + (state >> 33) % 700)
    })
}

#[test]
fn a_sweep_that_is_killed_again_and_again_ends_with_the_same_bits() {
    let expected = undisturbed();
    let mut folder = Folder::with("tiny.yaml", &experiment());
    let (mut kills, mut finished) = (0, 0);
    for delay in delays() {
        let mut sweep = start(&folder, &["--jobs", "2", "--checkpoint-every", "0"]);
        thread::sleep(patience(delay, kills));
        if sweep.try_wait().unwrap().is_none() {
            sweep.kill().unwrap();
            sweep.wait().unwrap();
            kills += 1;
            continue;
        }
        assert!(sweep.wait().unwrap().success());
        assert!(measured(&folder) == expected, "after {kills} kills");
        assert_eq!(leftovers(&folder), Vec::<String>::new());
        finished += 1;
        if kills >= KILLS {
            break;
        }
        folder = Folder::with("tiny.yaml", &experiment());
    }
    assert!(finished > 0);
}

#[test]
fn two_sweeps_at_once_train_every_run_once() {
    let expected = undisturbed();
    let folder = Folder::with("tiny.yaml", &experiment());
    let trained = |sweep: Child| {
        let output = sweep.wait_with_output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        told.lines().filter(|line| line.contains("unit FLOPs")).count()
    };
    let (one, two) = (start(&folder, &ALONE), start(&folder, &ALONE));
    assert_eq!(trained(one) + trained(two), expected.0.len());
    assert!(measured(&folder) == expected);
}

#[test]
fn two_sweeps_at_once_that_are_killed_again_and_again_end_with_the_same_bits() {
    let expected = undisturbed();
    let mut folder = Folder::with("tiny.yaml", &experiment());
    let mut sweeps = [start(&folder, &ALONE), start(&folder, &ALONE)];
    let (mut kills, mut finished) = (0, 0);
    for (turn, delay) in delays().enumerate() {
        thread::sleep(patience(delay / 2, kills));
        let victim = &mut sweeps[turn % 2];
        if victim.try_wait().unwrap().is_none() {
            victim.kill().unwrap();
            victim.wait().unwrap();
            kills += 1;
            *victim = start(&folder, &ALONE);
            continue;
        }
        // One has found everything done: so will the other.
        for sweep in &mut sweeps {
            assert!(sweep.wait().unwrap().success());
        }
        assert!(measured(&folder) == expected, "after {kills} kills");
        finished += 1;
        if kills >= KILLS {
            break;
        }
        folder = Folder::with("tiny.yaml", &experiment());
        sweeps = [start(&folder, &ALONE), start(&folder, &ALONE)];
    }
    assert!(finished > 0);
}

#[test]
fn ctrl_c_keeps_what_is_done_says_how_to_go_on_and_exits_with_130() {
    let expected = undisturbed();
    let folder = Folder::with("tiny.yaml", &experiment());
    let sweep = start(&folder, &["--jobs", "1"]);
    // The first run is there, most are not.
    while !folder.path().join("results/tiny").exists() || folder.metrics("results/tiny").is_empty()
    {
        thread::sleep(Duration::from_millis(5));
    }
    let id = sweep.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = sweep.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("error: interrupted; the same command goes on"), "{told}");
    assert!(folder.metrics("results/tiny").len() < expected.0.len(), "it did not run to its end");
    let again = folder.run(&["sweep", "tiny.yaml"]);
    assert!(again.status.success(), "{}", again.stderr);
    assert!(measured(&folder) == expected);
}

#[test]
fn a_damaged_checkpoint_is_named_moved_aside_and_trained_anew() {
    let expected = undisturbed();
    let folder = Folder::with("tiny.yaml", &experiment());
    let results = folder.path().join("results/tiny");
    fs::create_dir_all(&results).unwrap();
    let id = expected.0.keys().next().unwrap();
    fs::write(results.join(format!("{id}.checkpoint")), "half a checkpoint").unwrap();
    let output = folder.run(&["sweep", "tiny.yaml"]);
    assert!(output.status.success(), "{}", output.stderr);
    let warning = format!("{id}.checkpoint` is damaged or of another version and was moved to");
    assert!(output.stderr.contains(&warning), "{}", output.stderr);
    assert!(measured(&folder) == expected);
}

#[test]
fn a_damaged_result_is_named_moved_aside_and_trained_anew() {
    let folder = Folder::with("tiny.yaml", &experiment());
    assert!(folder.run(&["sweep", "tiny.yaml"]).status.success());
    let before = measured(&folder);
    let results = folder.path().join("results/tiny");
    let id = before.0.keys().next().unwrap();
    let path = results.join(id).join("evaluations.parquet");
    let mut content = fs::read(&path).unwrap();
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(&path, content).unwrap();
    let output = folder.run(&["sweep", "tiny.yaml"]);
    assert!(output.status.success(), "{}", output.stderr);
    let aside = format!("moved to `results/tiny/{id}.damaged`: its run starts afresh");
    assert!(output.stderr.contains(&aside), "{}", output.stderr);
    assert!(output.stderr.contains("12 runs, 11 of them there already"), "{}", output.stderr);
    fs::remove_dir_all(results.join(format!("{id}.damaged"))).unwrap();
    assert!(measured(&folder) == before);
}

#[test]
fn experiments_that_share_runs_share_their_results() {
    let folder = Folder::with("tiny.yaml", &experiment());
    assert!(folder.run(&["sweep", "tiny.yaml"]).status.success());
    let other = ["sweep", "tiny.yaml", "--set", "name=other", "--set", "seeds=[1, 2]"];
    let planned = folder.run(&[&other[..], &["--dry-run"]].concat()).stdout;
    assert_eq!(planned.matches("done by another experiment").count(), 6, "{planned}");
    let again = folder.run(&other);
    assert!(again.status.success(), "{}", again.stderr);
    assert!(again.stderr.contains("12 runs, 6 of them there already"), "{}", again.stderr);
    let (tiny, other) = (folder.metrics("results/tiny"), folder.metrics("results/other"));
    let shared = other.iter().filter(|(id, curves)| tiny.get(*id) == Some(curves));
    assert_eq!((shared.count(), other.len()), (6, 12));
}

/// A full disk, as far as a process without rights can have one: no file may grow beyond the limit,
/// and writing more is an error.
#[test]
fn a_disk_that_takes_no_more_is_an_error_and_what_is_done_stays() {
    let expected = undisturbed();
    let folder = Folder::with("tiny.yaml", &experiment());
    let first = folder.run(&["sweep", "tiny.yaml", "--set", "seeds=[0]"]);
    assert!(first.status.success(), "{}", first.stderr);
    let done = folder.metrics("results/tiny");
    assert_eq!(done.len(), 6);
    // Blocks of 1024 bytes: less than a checkpoint or a result needs.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" sweep tiny.yaml";
    let full = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_swanbench")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8(full.stderr).unwrap();
    assert_eq!(full.status.code(), Some(1), "{told}");
    assert!(told.contains("error: cannot write `results/tiny/"), "{told}");
    assert!(!told.contains("panicked"), "{told}");
    assert_eq!(folder.metrics("results/tiny"), done);
    let again = folder.run(&["sweep", "tiny.yaml"]);
    assert!(again.status.success(), "{}", again.stderr);
    assert!(measured(&folder) == expected);
}

#[test]
fn what_failed_is_trained_again_only_when_asked() {
    let text = experiment().replace("batch_size: 32", "optimizer: sgd, learning_rate: 1e30");
    let folder = Folder::with("tiny.yaml", &text);
    let first = folder.run(&["sweep", "tiny.yaml"]);
    assert_eq!(first.status.code(), Some(1), "{}", first.stderr);
    let again = folder.run(&["sweep", "tiny.yaml"]);
    assert_eq!(again.status.code(), Some(1), "{}", again.stderr);
    assert!(
        again.stderr.contains("12 of them in an earlier sweep: --retry-failed"),
        "{}",
        again.stderr
    );
    assert!(!again.stderr.contains("seed 0 failed"), "nothing was trained: {}", again.stderr);
    let listed = folder.run(&["runs", "tiny"]).stdout;
    assert!(listed.contains("dense, seed 0: the loss is not a finite number"), "{listed}");
    assert!(listed.ends_with("12 runs, 0 done\n"), "{listed}");
    let retried = folder.run(&["sweep", "tiny.yaml", "--retry-failed"]);
    assert!(retried.stderr.contains("seed 0 failed"), "{}", retried.stderr);
}

#[test]
fn clean_shows_what_is_no_result_and_removes_only_that() {
    let folder = Folder::with("tiny.yaml", &experiment());
    let output = folder.run(&["sweep", "tiny.yaml"]);
    assert!(output.status.success(), "{}", output.stderr);
    let before = measured(&folder);
    assert!(folder.run(&["clean", "tiny"]).stdout.starts_with("nothing but results in"));

    let results = folder.path().join("results/tiny");
    for left in ["0123456789abcdef.checkpoint", "0123456789abcdef.lock"] {
        fs::write(results.join(left), "").unwrap();
    }
    fs::create_dir(results.join(".unfinished-x")).unwrap();
    let listed = folder.run(&["runs", "tiny"]).stdout;
    assert!(listed.contains("0123456789abcdef  interrupted"), "{listed}");
    assert!(listed.ends_with("13 runs, 12 done\n"), "{listed}");

    let shown = folder.run(&["clean", "tiny"]).stdout;
    assert_eq!(shown.matches("would remove").count(), 3, "{shown}");
    assert_eq!(fs::read_dir(&results).unwrap().count(), 12 + 8 + 3, "nothing was removed yet");
    let removed = folder.run(&["clean", "tiny", "--yes"]).stdout;
    assert_eq!(removed.matches("removed").count(), 3, "{removed}");
    assert!(measured(&folder) == before);
    assert_eq!(folder.run(&["clean", "never"]).status.code(), Some(2));
}
