//! The command end to end, on a tiny experiment in a temporary folder.

mod support;

use std::fs;

use serde_json::{Value, from_str};
use support::{Folder, TINY};

#[test]
fn a_sweep_trains_stores_and_draws_and_a_second_one_trains_nothing() {
    let folder = Folder::with("tiny.yaml", TINY);
    let first = folder.run(&["sweep", "tiny.yaml", "--jobs", "2"]);
    assert!(first.status.success(), "{}", first.stderr);
    for file in ["pareto.svg", "pareto.png", "table.md", "table.csv"] {
        let path = folder.path().join("plots/tiny").join(file);
        assert!(fs::metadata(&path).unwrap().len() > 200, "{file} has content");
        assert!(first.stdout.contains(&format!("wrote plots/tiny/{file}")), "{}", first.stdout);
    }
    let table = fs::read_to_string(folder.path().join("plots/tiny/table.md")).unwrap();
    for label in ["dense", "narrow", "dropout", "magnitude (unit)", "magnitude (weight)", "swan"] {
        assert!(table.contains(label), "{label} in\n{table}");
    }

    let records = folder.measurements();
    // dense; narrow, dropout, two magnitudes and swan at one target; two seeds each.
    assert_eq!(records.len(), 12);
    let again = folder.run(&["sweep", "tiny.yaml"]);
    assert!(again.stderr.contains("12 of them there already"), "{}", again.stderr);
    assert_eq!(folder.measurements(), records, "nothing was trained again");

    let report = folder.run(&["report", "tiny"]);
    assert!(report.status.success(), "{}", report.stderr);
}

#[test]
fn the_number_of_jobs_does_not_change_a_bit() {
    let folder = Folder::with("tiny.yaml", TINY);
    for (jobs, results) in [("1", "one"), ("3", "three")] {
        let output = folder.run(&[
            "sweep",
            "tiny.yaml",
            "--jobs",
            jobs,
            "--results",
            results,
            "--plots",
            results,
        ]);
        assert!(output.status.success(), "{}", output.stderr);
    }
    let metrics = |results: &str| folder.metrics(&format!("{results}/tiny"));
    assert_eq!(metrics("one"), metrics("three"));
    assert_eq!(metrics("one").len(), 12);
    // Accuracies, FLOPs and parameters, in tables and pictures that hold no times.
    for file in ["table.csv", "table.md", "pareto.svg", "pareto.png"] {
        let content = |plots: &str| fs::read(folder.path().join(plots).join("tiny").join(file));
        assert!(content("one").unwrap() == content("three").unwrap(), "{file}");
    }
}

#[test]
fn a_run_that_diverges_is_recorded_and_the_others_go_on() {
    let folder = Folder::with("tiny.yaml", TINY);
    // So large a step that the logits overflow; the experiment's other settings stay.
    let output = folder.run(&[
        "sweep",
        "tiny.yaml",
        "--set",
        "train.learning_rate=1e30",
        "--set",
        "train.optimizer=sgd",
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", output.stderr);
    assert!(
        output.stderr.contains("the loss is not a finite number in epoch 1"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("error: 12 of 12 runs failed"), "{}", output.stderr);
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
}

#[test]
fn a_sweep_trains_only_what_is_missing_whatever_became_of_the_rest() {
    let folder = Folder::with("tiny.yaml", TINY);
    let without = TINY.replace("  - swan\n", "");
    fs::write(folder.path().join("without.yaml"), without).unwrap();
    let first = folder.run(&["sweep", "without.yaml"]);
    assert!(first.stderr.contains("10 runs, 0 of them there already"), "{}", first.stderr);
    let whole = folder.run(&["sweep", "tiny.yaml", "--jobs", "1000000"]);
    assert!(whole.stderr.contains("12 runs, 10 of them there already"), "{}", whole.stderr);

    // A run that has lost a file is trained again and gives the same numbers.
    let metrics = folder.metrics("results/tiny");
    let lost = folder.path().join("results/tiny").join(metrics.keys().next().unwrap());
    fs::remove_file(lost.join("epochs.parquet")).unwrap();
    let again = folder.run(&["sweep", "tiny.yaml"]);
    assert!(again.stderr.contains("12 runs, 11 of them there already"), "{}", again.stderr);
    assert_eq!(folder.metrics("results/tiny"), metrics);
}

#[test]
fn a_dry_run_lists_and_writes_nothing() {
    let folder = Folder::with("tiny.yaml", TINY);
    let output = folder.run(&["sweep", "tiny.yaml", "--dry-run"]);
    assert!(output.status.success(), "{}", output.stderr);
    assert_eq!(output.stdout.lines().count(), 14, "{}", output.stdout);
    assert!(
        output.stdout.contains("missing  magnitude (unit) at 25%, seed 1"),
        "{}",
        output.stdout
    );
    assert!(output.stdout.contains("\n12 runs, 0 done\nto train: "), "{}", output.stdout);
    assert!(!folder.path().join("results").exists());
    assert!(!folder.path().join("plots").exists());
}

#[test]
fn the_estimate_of_a_dry_run_is_what_training_then_computes() {
    let folder = Folder::with("tiny.yaml", TINY);
    let output = folder.run(&["sweep", "tiny.yaml", "--dry-run", "--jobs", "1"]);
    let estimated = output.stdout.lines().last().unwrap();
    let log = folder.run(&["sweep", "tiny.yaml", "--log-format", "json", "--jobs", "1"]);
    assert!(log.status.success(), "{}", log.stderr);
    let lines: Vec<Value> = log.stderr.lines().map(|line| from_str(line).unwrap()).collect();
    let done = lines.iter().filter(|line| line["event"] == "run-done");
    let flops: f64 = done.map(|line| line["train_flops"].as_f64().unwrap()).sum();
    assert!(estimated.starts_with(&format!("to train: {flops:.2e} FLOPs, about ")), "{estimated}");
    assert!(estimated.ends_with(" s with 1 at a time"), "{estimated}");

    // Nothing is left to estimate.
    let output = folder.run(&["sweep", "tiny.yaml", "--dry-run"]);
    assert!(output.stdout.ends_with("12 runs, 12 done\n"), "{}", output.stdout);
}

#[test]
fn every_event_is_a_line_of_json_in_the_log_and_on_demand_on_standard_error() {
    let folder = Folder::with("tiny.yaml", TINY);
    let shown = folder.run(&["sweep", "tiny.yaml", "--log-format", "json"]).stderr;
    let path = folder.path().join("results/tiny/log.jsonl");
    let kept = fs::read_to_string(&path).unwrap();
    assert_eq!(shown, kept);
    let lines: Vec<Value> = kept.lines().map(|line| from_str(line).unwrap()).collect();
    let count = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    let counts = ["sweep-started", "run-started", "epoch", "run-done", "sweep-ended"].map(count);
    // Twelve runs of four epochs.
    assert_eq!(counts, [1, 12, 48, 12, 1]);
    let done = lines.iter().find(|line| line["label"] == "swan" && line["event"] == "run-done");
    let done = done.unwrap();
    assert_eq!(
        (done["target"].as_f64(), &done["evaluation"]["mode"]),
        (Some(0.25), &"hard".into())
    );

    let again = folder.run(&["sweep", "tiny.yaml"]);
    assert!(again.stderr.starts_with("12 runs, 12 of them there already"), "{}", again.stderr);
    let longer = fs::read_to_string(path).unwrap();
    assert!(longer.starts_with(&kept) && longer.lines().count() == kept.lines().count() + 2);
}

#[test]
fn curves_for_tensorboard_have_a_file_for_each_run() {
    let folder = Folder::with("tiny.yaml", TINY);
    assert!(folder.run(&["sweep", "tiny.yaml", "--tensorboard", "--quiet"]).status.success());
    let curves = folder.path().join("results/tiny/tensorboard");
    let runs: Vec<_> = fs::read_dir(curves).unwrap().map(|run| run.unwrap().path()).collect();
    assert_eq!(runs.len(), 12);
    for run in runs {
        let events = fs::read_dir(&run).unwrap().next().unwrap().unwrap().path();
        assert!(events.file_name().unwrap().to_string_lossy().starts_with("events.out.tfevents."));
        let content = fs::read(events).unwrap();
        let mut records = 0;
        let mut rest = &content[..];
        while let Some((length, after)) = rest.split_first_chunk::<8>() {
            let length = u64::from_le_bytes(*length) as usize;
            rest = &after[4 + length + 4..];
            records += 1;
        }
        // The version, and four epochs.
        assert_eq!(records, 5, "{}", run.display());
    }
}
