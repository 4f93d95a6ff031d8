//! Exported networks compute what was trained.

#[path = "support/folder.rs"]
mod support;

use std::fs;

use support::{Folder, Output, assert_contains};

/// Every kind of operation, gate and normalisation.
const MODELS: [&str; 5] = [
    "{ kind: mlp, hidden: [20, 12] }",
    "{ kind: lenet5, width: 0.2 }",
    "{ kind: vgg16_bn, width: 0.05 }",
    "{ kind: resnet20, width: 0.25 }",
    "{ kind: resnet18, width: 0.05 }",
];

/// The most that a logit may differ, relative to 1.
const TOLERANCE: f64 = 1e-4;

fn experiment(model: &str) -> String {
    format!(
        "name: tiny
data: {{ kind: mnist-5k, limit: 150 }}
model: {model}
train: {{ epochs: 3, recovery_epochs: 1, batch_size: 32, learning_rate: 2e-3 }}
seeds: [0]
targets: [0.6]
keep: models
methods:
  - dense
  - swan
  - {{ kind: swan, label: full, gate_rank: full, targets: [0.95] }}
  - {{ kind: swan, label: static, gate_rank: 0 }}
  - l0
  - network-slimming
  - magnitude
"
    )
}

fn export(folder: &Folder, run: &str, form: &str) -> Output {
    folder.run(&["export", run, "--as", form, "--to", "network.safetensors"])
}

/// Reads `accuracy, accuracy, FLOPs, FLOPs, difference` from a line of the command.
fn numbers(line: &str) -> Vec<f64> {
    let words = line.split([' ', ',', ';', '%']);
    words.filter_map(|word| word.parse().ok()).collect()
}

#[test]
fn a_gated_network_has_the_logits_and_the_flops_of_the_trained_one() {
    for model in MODELS {
        let folder = Folder::with("tiny.yaml", &experiment(model));
        folder.sweep(&[]);
        for label in ["dense", "swan", "full", "static", "l0", "network-slimming", "magnitude"] {
            let output = export(&folder, &format!("tiny:{label}"), "gated");
            assert!(output.status.success(), "{label} on {model}: {}", output.stderr);
            for line in output.stdout.lines().filter(|line| line.contains("accuracy")) {
                let [before, after, flops, flops_after, difference, ref others @ ..] =
                    numbers(line)[..]
                else {
                    panic!("{line}");
                };
                assert!(difference < TOLERANCE, "{label} on {model}: {line}");
                let few = others.iter().sum::<f64>() <= 2.0;
                let same = (before, flops) == (after, flops_after);
                assert!(few && (same || !others.is_empty()), "{label} on {model}: {line}");
            }
        }
    }
}

/// Of some sites no gate is above its threshold for many examples, which open one unit each.
#[test]
fn examples_whose_gates_are_all_closed_open_the_same_unit() {
    let text = experiment("{ kind: mlp, hidden: [60, 40] }")
        .replace("data: { kind: mnist-5k, limit: 150 }", "data: planted")
        .replace("targets: [0.95]", "targets: [0.25]");
    let folder = Folder::with("tiny.yaml", &text);
    folder.sweep(&[]);
    let output = export(&folder, "tiny:full", "gated");
    assert!(output.status.success(), "{}", output.stderr);
    for line in output.stdout.lines().filter(|line| line.contains("accuracy")) {
        assert!(numbers(line)[4] < TOLERANCE, "{line}");
    }
}

#[test]
fn a_compact_network_keeps_what_is_open_often() {
    let folder = Folder::with("tiny.yaml", &experiment(MODELS[1]));
    folder.sweep(&[]);
    let output = export(&folder, "tiny:swan:.60:0", "compact");
    assert_contains(&output.stdout, "which is best on validation");
    let content = fs::read(folder.path().join("network.safetensors")).unwrap();
    let network = swanbench_infer::Network::from_bytes(&content).unwrap();
    let description = network.description();
    assert!(description.gates.is_empty());
    assert_eq!(description.about["run"]["label"], "swan");
    // What was never input-dependent is as it was.
    let output = export(&folder, "tiny:static", "compact");
    let line = output.stdout.lines().last().unwrap();
    assert!(numbers(line)[4] < TOLERANCE, "{line}");
}

#[test]
fn what_cannot_be_exported_is_named() {
    let text = experiment(MODELS[0]).replace("  - l0\n", "  - fbs\n");
    let folder = Folder::with("tiny.yaml", &text);
    folder.sweep(&[]);
    let refused = |run: &str, form: &str| {
        let output = export(&folder, run, form);
        assert_eq!(output.status.code(), Some(2), "{}", output.stdout);
        output.stderr
    };
    assert_contains(
        &refused("tiny:fbs", "gated"),
        "the gates of `fc1` are decided by more than a linear map",
    );
    assert_contains(&refused("tiny", "gated"), "7 runs begin with `tiny`:\n  tiny:dense:0\n");
    assert_contains(
        &refused("tiny:swan:0.5", "gated"),
        "no run that is done begins with `tiny:swan:0.5`; there are:\n",
    );
    assert_contains(&refused("other:swan", "gated"), "no results at");
    let within = "results/tiny/dense.safetensors";
    let output = folder.run(&["export", "tiny:dense", "--as", "gated", "--to", within]);
    assert_contains(&output.stderr, "dense.safetensors` is in the folder of results");
    let folder = Folder::with("tiny.yaml", &text.replace("keep: models", "keep: results"));
    folder.sweep(&[]);
    let stderr = export(&folder, "tiny:dense", "gated").stderr;
    assert_contains(&stderr, "the network of dense, seed 0 was not kept: sweep again with --keep");
}

#[test]
fn networks_are_timed_in_turns_with_the_dense_one() {
    let folder = Folder::with("tiny.yaml", &experiment(MODELS[0]));
    folder.sweep(&[]);
    assert!(export(&folder, "tiny:swan", "gated").status.success());
    let bench = |more: &[&str]| {
        let arguments = ["bench", "network.safetensors", "--seconds", "0.01"];
        folder.run(&[&arguments[..], more].concat())
    };
    let output = bench(&["--batch", "1,3", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&output.stdout).unwrap();
    let name = |row: &serde_json::Value| {
        let text = |field: &str| row[field].as_str().unwrap().to_owned();
        (text("model"), text("engine"), row["batch"].as_u64().unwrap())
    };
    let names: Vec<_> = rows.iter().map(name).collect();
    let expected = [1, 3].map(|batch| {
        let row = |model: &str, engine: &str| (model.to_owned(), engine.to_owned(), batch);
        let ours = "swanbench-infer";
        let whole = "whole network";
        [row(whole, "libtorch"), row(whole, ours), row("network.safetensors", ours)]
    });
    assert_eq!(names, expected.as_flattened());
    for row in &rows {
        let number = |field: &str| row[field].as_f64().unwrap();
        assert!(number("p50_us") > 0.0 && number("p95_us") >= number("p50_us"), "{row}");
        assert!(number("images_per_sec") > 0.0 && number("realised_speedup") > 0.0, "{row}");
        let saves = number("theoretical_speedup") > 1.05;
        assert_eq!(saves, row["model"] == "network.safetensors", "{row}");
    }
    assert_contains(&bench(&[]).stdout, "theoretical");
    assert!(export(&folder, "tiny:swan", "compact").status.success());
    let output = bench(&["--batch", "2", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&output.stdout).unwrap();
    let own = rows.iter().filter(|row| row["model"] == "network.safetensors");
    let engines: Vec<_> = own.map(|row| row["engine"].as_str().unwrap()).collect();
    assert_eq!(engines, ["libtorch", "swanbench-infer"]);
    let output = bench(&["--batch", "1000000000"]);
    assert_eq!(output.status.code(), Some(2), "{}", output.stderr);
    assert_contains(&output.stderr, "--batch 1000000000: there are 150 test images");
    folder.write("other.safetensors", "nothing");
    let output = bench(&["other.safetensors"]);
    assert_eq!(output.status.code(), Some(2), "{}", output.stderr);
    assert_contains(&output.stderr, "`other.safetensors` is no exported network: it is not in the");
}
