//! An experiment that times its networks.

#[path = "support/folder.rs"]
mod support;

use std::fs;

use support::{Folder, assert_contains};

const EXPERIMENT: &str = "name: tiny
data: { kind: mnist-5k, limit: 150 }
model: { kind: mlp, hidden: [20, 12] }
train: { epochs: 3, recovery_epochs: 1, batch_size: 32, learning_rate: 2e-3 }
seeds: [0, 1]
targets: [0.6]
latency: { batch: [1, 8], seconds: 0.01 }
methods:
  - dense
  - { kind: swan, label: whole network }
  - l0
  - fbs
";

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

#[test]
fn networks_are_timed_once_all_runs_are_trained() {
    let folder = Folder::with("tiny.yaml", EXPERIMENT);
    folder.sweep(&[]);
    let read = |file: &str| fs::read(folder.path().join(file)).unwrap();
    let text = |file: &str| String::from_utf8(read(file)).unwrap();
    let timings = text("plots/tiny/timings.md");
    let rows: Vec<Vec<&str>> = timings.lines().skip(2).map(cells).collect();
    let rows: Vec<_> = rows.iter().filter(|row| row.len() > 10).collect();
    let of = |label: &str| -> Vec<String> {
        let own = rows.iter().filter(|row| row[0] == label);
        own.map(|row| row[2..5].join(" ")).collect()
    };
    let compact =
        ["compact all 1", "compact easiest tenth 1", "compact hardest tenth 1", "compact all 8"];
    assert_eq!(of("dense"), compact);
    assert_eq!(of("l0"), compact);
    let both: Vec<String> =
        compact.iter().flat_map(|one| [one.to_string(), one.replace("compact", "gated")]).collect();
    assert_eq!(of("whole network"), both);
    assert!(of("fbs").is_empty());
    assert_contains(
        &timings,
        "Not timed: fbs: the gates of `fc1` are decided by more than a linear",
    );
    for row in &rows {
        let [counted, measured, ratio] = [11, 12, 13].map(|column: usize| {
            row[column].trim_end_matches('×').parse::<f64>().expect("a number")
        });
        assert!(counted > 0.9 && measured > 0.0, "{row:?}");
        // Means over seeds, of rounded numbers.
        assert!((measured / counted / ratio - 1.0).abs() < 0.5, "{row:?}");
    }
    assert_contains(&text("plots/tiny/table.md"), "| time of an image, µs | measured speed-up |");
    assert!(read("plots/tiny/latency.png").len() > 500);
    assert_contains(&text("plots/tiny/index.html"), "Measured time");

    // What was timed is not timed again, as long as it is asked for alike.
    let before = read("results/tiny/latency.parquet");
    folder.sweep(&[]);
    assert_eq!(read("results/tiny/latency.parquet"), before);
    folder.run(&["report", "tiny"]);
    assert_eq!(text("plots/tiny/timings.md"), timings);
    folder.sweep(&["--set", "latency.batch=[1]"]);
    assert!(!text("plots/tiny/timings.md").contains("| 8 |"));
    folder.sweep(&["--set", "latency.batch=[1]", "--set", "seeds=[1]"]);
    let row = text("plots/tiny/timings.md").lines().nth(2).unwrap().to_owned();
    assert_eq!(cells(&row)[6], "1");
}

#[test]
fn a_network_that_was_not_kept_is_trained_again_and_the_plan_says_so() {
    let without = EXPERIMENT.replace("latency: { batch: [1, 8], seconds: 0.01 }\n", "");
    let folder = Folder::with("tiny.yaml", &without);
    folder.sweep(&[]);
    folder.write("tiny.yaml", EXPERIMENT);
    let output = folder.run(&["sweep", "tiny.yaml", "--dry-run"]);
    assert_contains(&output.stdout, "no network      dense, seed 0");
    assert_contains(&output.stdout, "8 runs, 0 done");
}

#[test]
fn what_cannot_be_timed_is_refused_before_training() {
    for (settings, expected) in [
        ("batch: [1], threads: 1024", "1024 threads cannot be timed: there are"),
        ("batch: [1, 4096]", "tiny.yaml:7:19: latency.batch: there are 150 test examples"),
        ("batch: [8, 8]", "tiny.yaml:7:23: latency.batch[1]"),
    ] {
        let folder = Folder::with("tiny.yaml", &EXPERIMENT.replace("batch: [1, 8]", settings));
        let output = folder.run(&["sweep", "tiny.yaml"]);
        assert_eq!(output.status.code(), Some(2), "{settings}");
        assert_contains(&output.stderr, expected);
    }
}
