//! Sweeps on a Slurm cluster find what they find on one machine, whatever happens to its nodes.

#[path = "slurm/cluster.rs"]
mod cluster;
#[path = "support/folder.rs"]
mod support;

use std::{
    collections::BTreeMap,
    fs,
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use cluster::Cluster;
use support::{Folder, assert_contains};

/// Runs of some seconds each.
const EXPERIMENT: &str = "\
name: tiny
data: { kind: mnist-5k, limit: 1500 }
model: { kind: lenet5, width: 0.5 }
train: { epochs: 10, recovery_epochs: 3, batch_size: 32 }
seeds: [0, 1]
targets: [0.5]
methods: [dense, swan, { kind: magnitude, scope: unit }]
";

/// A job for each run, with a checkpoint after every epoch.
const ON_SLURM: [&str; 8] =
    ["sweep", "tiny.yaml", "--launcher", "slurm", "--runs-per-job", "1", "--checkpoint-every", "0"];

/// What a sweep measures.
#[derive(Clone, PartialEq)]
struct Measured {
    /// By run.
    curves: BTreeMap<String, Vec<u8>>,
    table: Vec<u8>,
}

fn measured(folder: &Folder) -> Measured {
    let table = fs::read(folder.path().join("plots/tiny/table.csv")).unwrap();
    Measured { curves: folder.metrics("results/tiny"), table }
}

/// Returns what a sweep of the same experiment measures on one machine.
fn on_one_machine() -> Measured {
    static ONCE: LazyLock<Measured> = LazyLock::new(|| {
        let folder = Folder::with("tiny.yaml", EXPERIMENT);
        folder.sweep(&[]);
        measured(&folder)
    });
    ONCE.clone()
}

fn swanbench(cluster: &Cluster, folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = cluster.command(env!("CARGO_BIN_EXE_swanbench"));
    command.args(arguments).current_dir(folder.path());
    command
}

/// Submits the experiment, and follows it in a process of its own.
fn follow(cluster: &Cluster, folder: &Folder) -> Child {
    swanbench(cluster, folder, &[&ON_SLURM[..], &["--wait"]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for a process that follows, and returns its status with what it showed.
fn followed(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout) + &text(output.stderr))
}

/// Waits until a job has trained some epochs.
fn wait_for_epochs(cluster: &Cluster, folder: &Folder) {
    cluster.wait_for("epochs", |_| {
        let log = folder.results().join("jobs/1/0.jsonl");
        fs::read_to_string(log).is_ok_and(|text| text.matches("\"epoch\":").count() > 3)
    });
}

#[test]
fn a_sweep_whose_node_is_lost_finds_what_it_finds_on_one_machine() {
    let Some(mut cluster) = Cluster::start() else { return };
    let folder = Folder::with("tiny.yaml", EXPERIMENT);
    let child = follow(&cluster, &folder);
    wait_for_epochs(&cluster, &folder);
    let node = cluster.call("squeue", &["--noheader", "--states=running", "--format=%N"]);
    assert_contains(&node, "node1");
    cluster.lose_node(1);
    let (status, shown) = followed(child);
    assert_eq!(status, Some(0), "{shown}");
    assert_contains(&shown, "[6/6]");
    assert_contains(&shown, "report: plots/tiny/index.html");
    assert!(measured(&folder) == on_one_machine());
}

#[test]
fn jobs_that_start_again_or_lose_the_controller_continue() {
    let Some(mut cluster) = Cluster::start() else { return };
    let folder = Folder::with("tiny.yaml", EXPERIMENT);
    let child = follow(&cluster, &folder);
    wait_for_epochs(&cluster, &folder);
    let jobs = cluster.call("squeue", &["--noheader", "--states=running", "--format=%A"]);
    let mut jobs = jobs.split_whitespace();
    // One is told that its time is nearly over, one is started again by an administrator.
    let first = jobs.next().unwrap();
    cluster.call("scancel", &["--batch", "--signal=USR1", first]);
    if let Some(second) = jobs.next() {
        cluster.call("scontrol", &["requeue", second]);
    }
    cluster.restart_controller();
    let (status, shown) = followed(child);
    assert_eq!(status, Some(0), "{shown}");
    let out = fs::read_dir(folder.results().join("jobs/1")).unwrap().flatten();
    let out: String = out
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "out"))
        .map(|entry| fs::read_to_string(entry.path()).unwrap())
        .collect();
    assert_contains(&out, "the time of the job is up; it starts again from its checkpoints");
    assert!(measured(&folder) == on_one_machine());
}

#[test]
fn cancelled_jobs_leave_results_that_a_sweep_completes() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = Folder::with("tiny.yaml", EXPERIMENT);
    let child = follow(&cluster, &folder);
    wait_for_epochs(&cluster, &folder);
    // The same command follows what is there, and submits nothing twice.
    let again = swanbench(&cluster, &folder, &ON_SLURM).output().unwrap();
    assert!(again.status.success());
    assert_contains(&String::from_utf8(again.stderr).unwrap(), "jobs of an earlier sweep still");
    cluster.call("scancel", &["--name=swanbench-tiny"]);
    let (status, shown) = followed(child);
    assert_eq!(status, Some(1), "{shown}");
    assert_contains(&shown, "runs are missing: their jobs have ended");
    assert!(!folder.results().join("jobs/2").exists(), "nothing was submitted twice");
    folder.sweep(&[]);
    assert!(measured(&folder) == on_one_machine());
}

#[test]
fn what_slurm_refuses_is_said_in_its_own_words() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = Folder::with("tiny.yaml", EXPERIMENT);
    let arguments = [&ON_SLURM[..], &["--partition", "gpu"]].concat();
    let output = swanbench(&cluster, &folder, &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stderr).unwrap();
    assert_contains(&shown, "error: sbatch: ");
    assert_contains(&shown, "invalid partition specified: gpu");
}

#[test]
fn a_machine_without_slurm_is_named() {
    let folder = Folder::with("tiny.yaml", EXPERIMENT);
    let mut command = Command::new(env!("CARGO_BIN_EXE_swanbench"));
    command.args(ON_SLURM).current_dir(folder.path()).env("PATH", folder.path());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stderr).unwrap();
    assert_contains(&shown, "cannot start `sbatch`: is this a machine of the cluster?");
}

#[test]
fn a_command_of_the_users_own_starts_jobs() {
    let folder = Folder::with("tiny.yaml", &EXPERIMENT.replace("epochs: 10", "epochs: 6"));
    let program = env!("CARGO_BIN_EXE_swanbench");
    let submit = format!("{program} work {{list}} --index {{index}} >> out 2>&1 &");
    let arguments = ["--launcher", "command", "--submit", &submit, "--runs-per-job", "2"];
    let output = folder.sweep(&[&arguments[..], &["--wait"]].concat());
    assert_contains(&output.stderr, "submitted 6 runs in 3 jobs");
    // Jobs look at each other's runs, and each counts once.
    assert_eq!(output.stderr.matches("/6] ").count(), 6, "{}", output.stderr);
    let there = measured(&folder);
    let list = folder.results().join("jobs/1/list.json");
    let list = list.to_str().unwrap();
    // Jobs that start again find everything done, and anybody may gather.
    folder.succeed(&["work", list, "--index", "2"]);
    fs::remove_dir_all(folder.path().join("plots")).unwrap();
    folder.succeed(&["work", list, "--gather"]);
    assert!(measured(&folder) == there);
    let output = folder.run(&["work", list, "--index", "3"]);
    assert_eq!(output.status.code(), Some(2));
    assert_contains(&output.stderr, "there is no job 3: they are 0 to 2");
    fs::remove_dir_all(folder.results()).unwrap();
    folder.sweep(&[]);
    assert!(measured(&folder) == there);
}
