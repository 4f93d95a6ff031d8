//! What a sweep of many runs costs beside their training: `just bench-runs` prints a table of time,
//! memory and files for experiments of 1,000 to 100,000 runs whose results are made up.

#[path = "../../swanbench-results/tests/support/sample_run.rs"]
#[allow(dead_code, reason = "its run has another experiment's settings")]
mod sample_run;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use swanbench_results::Store;
use swanbench_spec::{Epoch, Evaluation, ExampleUse, RunRecord, RunSpec, SiteUse};

#[derive(Parser)]
struct Options {
    /// Numbers of runs
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    runs: Vec<usize>,
    /// An empty folder in which the results stay, for a profile
    #[arg(long)]
    keep: Option<PathBuf>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// Settings of the experiment, each at ten targets.
const LABELS: usize = 10;
const TARGETS: usize = 10;
/// What an ordinary run writes.
const EPOCHS: u32 = 12;
const SITES: usize = 4;
const EXAMPLES: u64 = 1000;
/// Threads that write results.
const WRITERS: usize = 4;

fn main() {
    let options = Options::parse();
    println!("{:>8}  {:36} {:>9} {:>9}", "runs", "step", "seconds", "MB");
    for runs in options.runs {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        measure(options.keep.as_deref().unwrap_or(temporary.path()), runs);
    }
}

fn measure(folder: &Path, count: usize) {
    let show = |step: &str, (time, kilobytes): (Duration, u64)| {
        let megabytes = kilobytes as f64 / 1e3;
        println!("{count:>8}  {step:36} {:>9.2} {megabytes:>9.0}", time.as_secs_f64());
    };
    fs::write(folder.join("many.yaml"), experiment(count)).expect("written");
    let run = |arguments: &[&str]| swanbench(folder, arguments);
    show("check", run(&["check", "many.yaml"]));
    let submit = ["sweep", "many.yaml", "--launcher", "command", "--submit", "true"];
    show(
        "plan, list of what is missing",
        run(&[&submit[..], &["--runs-per-job", "1000"]].concat()),
    );
    let list = folder.join("results/many/jobs/1/runs.jsonl");
    let list = fs::read_to_string(list).expect("a list");
    let all: Vec<RunSpec> =
        list.lines().map(|line| serde_json::from_str(line).expect("a run")).collect();
    let (old, new) = all.split_at(all.len() - all.len() / 100);
    let started = Instant::now();
    write(folder, old);
    show("write 99% of the results", (started.elapsed(), 0));
    show(
        "work --gather, the first time",
        run(&["work", "results/many/jobs/1/list.json", "--gather"]),
    );
    write(folder, new);
    show("sweep, 1% of the results are new", run(&["sweep", "many.yaml"]));
    show("sweep, everything is done", run(&["sweep", "many.yaml"]));
    show("runs", run(&["runs", "many"]));
    show("report", run(&["report", "many"]));
    let files = fs::read_dir(folder.join("results/many")).expect("a folder").count();
    println!("{count:>8}  {files} files");
}

/// Returns an experiment of so many runs.
fn experiment(count: usize) -> String {
    let targets: Vec<f64> = (1..=TARGETS).map(|target| target as f64 / TARGETS as f64).collect();
    let seeds: Vec<usize> = (0..count / (LABELS * TARGETS + 1)).collect();
    let labels = (2..LABELS + 2)
        .map(|rounds| format!("  - {{ kind: magnitude, scope: unit, label: setting {rounds}, schedule: iterative, rounds: {rounds} }}\n"));
    format!(
        "name: many\ndata: {{ kind: planted }}\nmodel: {{ kind: mlp, hidden: [64, 32] }}\n\
         train: {{ epochs: 12, recovery_epochs: 4, batch_size: 32 }}\nseeds: {seeds:?}\n\
         targets: {targets:?}\nmethods:\n  - dense\n{}",
        labels.collect::<String>()
    )
}

/// Runs the program, and returns how long that took and the most memory that it had, in kilobytes.
fn swanbench(folder: &Path, arguments: &[&str]) -> (Duration, u64) {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_swanbench"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .env("RUST_BACKTRACE", "0")
        .spawn()
        .expect("the program");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().expect("a child").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
        most = peak.unwrap_or(most).max(most);
        thread::sleep(Duration::from_millis(5));
    }
    let status = child.wait().expect("a child");
    assert!(status.success(), "{arguments:?}");
    (started.elapsed(), most)
}

/// Writes made-up results of runs.
fn write(folder: &Path, runs: &[RunSpec]) {
    let store = Store::open(&folder.join("results"), "many");
    thread::scope(|scope| {
        for part in runs.chunks(runs.len().div_ceil(WRITERS).max(1)) {
            let store = &store;
            scope.spawn(move || {
                for run in part {
                    store.write(run, &record(run), &"cpu".into(), None).expect("written");
                }
            });
        }
    });
}

/// Makes up what a run measures, of the size of an ordinary one.
fn record(run: &RunSpec) -> RunRecord {
    let sample = sample_run::record();
    let share = run.target.unwrap_or(1.0);
    let accuracy = 0.9 + 0.05 * share + (run.seed % 97) as f64 * 1e-4;
    let evaluations = sample.evaluations.iter().map(|one| Evaluation {
        test_accuracy: accuracy,
        test_loss: 0.3,
        unit_flops: 532_400.0 * share,
        unit_flops_share: share,
        ..one.clone()
    });
    let epochs = (1..=EPOCHS).map(|epoch| Epoch { epoch, ..sample.epochs[0].clone() });
    let sites =
        (0..SITES).map(|site| SiteUse { site: format!("fc{site}"), ..sample.sites[0].clone() });
    let examples = (0..EXAMPLES).map(|one| ExampleUse {
        label: one % 10,
        predicted: one * one % 10,
        loss: (one * 7919 % 1000) as f64 / 1000.0,
        unit_flops: 532_400.0 * share * (0.5 + (one * 104_729 % 1000) as f64 / 1000.0),
    });
    RunRecord {
        evaluations: evaluations.collect(),
        epochs: epochs.collect(),
        sites: sites.collect(),
        examples: examples.collect(),
        ..sample
    }
}
