//! Runs that take their densities from other runs.

mod support;

use std::fs;

use serde_json::Value;
use support::Folder;

/// The entry that is named stands behind the one that names it.
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

fn runs(folder: &Folder) -> Vec<Value> {
    let folders = fs::read_dir(folder.path().join("results/tiny")).unwrap();
    let files = folders.filter_map(|entry| fs::read(entry.unwrap().path().join("run.json")).ok());
    files.map(|file| serde_json::from_slice(&file).unwrap()).collect()
}

#[test]
fn a_run_takes_the_densities_of_the_run_with_its_seed_and_target() {
    let folder = Folder::with("tiny.yaml", PAIR);
    let output = folder.run(&["sweep", "tiny.yaml", "--jobs", "2"]);
    assert!(output.status.success(), "{}", output.stderr);
    let runs = runs(&folder);
    let pruned: Vec<&Value> =
        runs.iter().filter(|run| run["method"]["kind"] == "magnitude").collect();
    assert_eq!(pruned.len(), 4);
    for run in pruned {
        let source = run["method"]["settings"]["densities_from"].as_str().unwrap();
        assert_eq!(run["sources"][0], source);
        let source = runs.iter().find(|other| other["id"] == source).unwrap();
        assert_eq!((&source["seed"], &source["target"]), (&run["seed"], &run["target"]));
    }
    // Whole units of 40 and 20 come close to what is open on average.
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
    let renamed = PAIR.replace("gated", "switched");
    fs::write(folder.path().join("tiny.yaml"), renamed).unwrap();
    let again = folder.run(&["sweep", "tiny.yaml"]);
    assert!(again.stderr.contains("8 of them there already"), "{}", again.stderr);
}

#[test]
fn what_needs_a_run_that_failed_fails_and_says_why() {
    let folder = Folder::with("tiny.yaml", PAIR);
    let output = folder.run(&["sweep", "tiny.yaml", "--set", "train.learning_rate=1e30"]);
    assert_eq!(output.status.code(), Some(1), "{}", output.stderr);
    assert!(output.stderr.contains("8 of 8 runs failed"), "{}", output.stderr);
    let reasons: Vec<String> = fs::read_dir(folder.path().join("results/tiny"))
        .unwrap()
        .filter_map(|entry| fs::read_to_string(entry.unwrap().path().join("failure.json")).ok())
        .collect();
    let waiting = reasons.iter().filter(|reason| reason.contains("it needs the results of run"));
    assert_eq!(waiting.count(), 4, "{reasons:?}");
}
