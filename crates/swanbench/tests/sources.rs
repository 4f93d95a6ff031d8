//! Runs that take their densities from other runs.

#[path = "support/folder.rs"]
mod support;

use std::fs;

use serde_json::Value;
use support::{Folder, assert_contains};

/// The entry that is named comes after the one that names it.
const PAIR: &str = "\
name: tiny
data: { kind: mnist-5k, limit: 300 }
model: { kind: mlp, hidden: [40, 20] }
train: { epochs: 4, recovery_epochs: 1, batch_size: 32 }
seeds: [0, 1]
targets: [0.5, 0.25]
methods:
  - { kind: magnitude, densities_from: gated, label: same densities }
  - { kind: swan, label: gated }
";

#[test]
fn densities_come_from_the_same_seed_and_target() {
    let folder = Folder::with("tiny.yaml", PAIR);
    folder.sweep(&["--jobs", "2"]);
    let runs = folder.files("results/tiny", "run.json");
    let runs: Vec<Value> =
        runs.values().map(|file| serde_json::from_slice(file).unwrap()).collect();
    let pruned: Vec<&Value> =
        runs.iter().filter(|run| run["method"]["kind"] == "magnitude").collect();
    assert_eq!(pruned.len(), 4);
    for run in pruned {
        let source = run["method"]["settings"]["densities_from"].as_str().unwrap();
        assert_eq!(run["sources"][0], source);
        let source = runs.iter().find(|other| other["id"] == source).unwrap();
        assert_eq!((&source["seed"], &source["target"]), (&run["seed"], &run["target"]));
    }
    // Whole units of 40 and 20 are close to the mean share of open units.
    let table = fs::read_to_string(folder.path().join("plots/tiny/table.csv")).unwrap();
    let activity = |label: &str, target: &str| -> f64 {
        let mut lines = table.lines();
        let column = lines.next().unwrap().split(',').position(|name| name == "activity").unwrap();
        let row = lines.find(|line| line.starts_with(&format!("{label},{target},"))).unwrap();
        row.split(',').nth(column).unwrap().parse().unwrap()
    };
    for target in ["0.5", "0.25"] {
        let (own, same) = (activity("gated", target), activity("same densities", target));
        assert!((own - same).abs() < 0.03, "{own} against {same}");
    }
    // A label is only a name.
    folder.write("tiny.yaml", &PAIR.replace("gated", "switched"));
    assert_contains(&folder.sweep(&[]).stderr, "8 runs, 8 already done");
}

#[test]
fn a_run_fails_if_its_source_failed_and_says_why() {
    let folder = Folder::with("tiny.yaml", PAIR);
    let stderr = folder.sweep_fails(&["--set", "train.learning_rate=1e30"]);
    assert_contains(&stderr, "8 of 8 runs failed");
    let entries = fs::read_dir(folder.results()).unwrap().map(|entry| entry.unwrap().path());
    let reasons = entries.filter_map(|path| fs::read_to_string(path.join("failure.json")).ok());
    let reasons: Vec<String> = reasons.collect();
    let waiting = reasons
        .iter()
        .filter(|reason| reason.contains("the run whose results it needs failed: the loss is"));
    assert_eq!(waiting.count(), 4, "{reasons:?}");
}
