//! The command end to end, on a tiny experiment in a temporary folder.

#[path = "support/folder.rs"]
mod support;

use std::{fs, process::Command};

use serde_json::{Value, from_str};
use support::{Folder, TINY, assert_contains};
use swanbench_results::Store;
use swanbench_spec::BudgetKind;

/// A claim that holds by construction.
const CLAIM: &str = "\
claims:
  - id: dropout-saves-nothing
    compare: unit_flops_share
    of: dropout
    against: dense
    expect: equal
";

#[test]
fn a_sweep_trains_stores_and_draws_only_once() {
    let folder = Folder::with("tiny.yaml", TINY);
    let first = folder.sweep(&["--jobs", "2", "--verbose"]);
    for file in ["pareto.svg", "pareto.png", "table.md", "table.csv"] {
        let path = folder.path().join("plots/tiny").join(file);
        assert!(fs::metadata(&path).unwrap().len() > 200, "{file} has content");
        assert_contains(&first.stdout, &format!("wrote plots/tiny/{file}"));
    }
    let table = fs::read_to_string(folder.path().join("plots/tiny/table.md")).unwrap();
    for label in ["dense", "narrow", "dropout", "magnitude (unit)", "magnitude (weight)", "swan"] {
        assert_contains(&table, label);
    }

    let records = folder.measurements();
    // dense; narrow, dropout, two magnitudes and swan at one target; two seeds each.
    assert_eq!(records.len(), 12);
    assert_contains(&folder.sweep(&[]).stderr, "12 runs, 12 already done");
    assert_eq!(folder.measurements(), records, "nothing was trained again");
}

#[test]
fn a_sweep_and_a_report_print_what_was_found() {
    let folder = Folder::with("tiny.yaml", &format!("{TINY}{CLAIM}"));
    let printed = folder.sweep(&[]).stdout;
    assert_eq!(folder.succeed(&["report", "tiny"]).stdout, printed);
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{printed}");
    assert_contains(&printed, "supported  dropout-saves-nothing  0.00 [0.00, 0.00] points");
    assert_contains(&printed, "% at 100%\n\ntarget                         25%\nnarrow  ");
    assert_eq!(lines.last(), Some(&"report: plots/tiny/index.html"));
    assert_eq!(folder.sweep(&["--quiet"]).stdout, "");
    assert_eq!(folder.sweep(&["--log-format", "json"]).stdout, "");
}

#[test]
fn accuracies_of_many_targets_fit_into_a_line() {
    let text =
        "name: tiny\ndata: { kind: mnist-5k, limit: 300 }\nmodel: { kind: mlp, hidden: [20] }
train: { epochs: 1, batch_size: 64 }\nseeds: [0]\ntargets: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
methods: [{ kind: dense, label: a narrow net, width: $target }, { kind: dropout }]\n";
    let folder = Folder::with("tiny.yaml", text);
    let printed = folder.sweep(&[]).stdout;
    let heads: Vec<&str> = printed.lines().filter(|line| line.starts_with("target")).collect();
    let targets = heads.iter().flat_map(|line| line.split_whitespace().skip(1));
    assert_eq!(targets.collect::<Vec<_>>(), ["90%", "80%", "70%", "60%", "50%", "40%", "30%"]);
    assert!(printed.lines().all(|line| line.len() <= 100), "{printed}");
    assert_eq!(printed.matches(" at ").count(), 15, "fourteen cells and the title: {printed}");
}

#[test]
fn runs_are_listed_by_cell_and_with_long_one_by_one() {
    let folder = Folder::with("tiny.yaml", TINY);
    folder.sweep(&["--quiet"]);
    let cells = folder.succeed(&["runs", "tiny"]).stdout;
    assert_eq!(cells.lines().next(), Some("dense                           seeds 0, 1 done"));
    assert_contains(&cells, "\nmagnitude (unit)    target 25%  seeds 0, 1 done\n");
    assert_eq!(cells.lines().count(), 7, "{cells}");
    assert!(cells.ends_with("12 runs, 12 done\n"), "{cells}");
    let long = folder.succeed(&["runs", "tiny", "--long"]).stdout;
    assert_eq!(long.lines().count(), 13, "{long}");
    let id = folder.metrics("results/tiny").into_keys().next().unwrap();
    let line = long.lines().find(|line| line.starts_with(&id)).unwrap();
    for part in ["  done  ", " kB  ", "  cpu (", "seed "] {
        assert_contains(line, part);
    }
}

#[test]
fn completions_manual_and_version_come_from_the_arguments() {
    let folder = Folder::new();
    let script = folder.succeed(&["completions", "bash"]).stdout;
    assert_contains(&script, "_swanbench()");
    assert_contains(&script, "--retry-failed");
    folder.succeed(&["man", "--to", "new/man1"]);
    let page = fs::read_to_string(folder.path().join("new/man1/swanbench-sweep.1")).unwrap();
    assert_contains(&page, "Train the runs of an experiment");
    assert_eq!(folder.run(&["man", "--to", "new/man1/swanbench-sweep.1"]).status.code(), Some(2));
    let version = folder.succeed(&["--version"]).stdout;
    let number = concat!("swanbench ", env!("CARGO_PKG_VERSION"));
    let commit = version.strip_prefix(number).unwrap().trim();
    // Outside a checkout there is no commit.
    let is_commit = |commit: &str| commit.chars().all(|letter| letter.is_ascii_hexdigit());
    let commit = commit.strip_prefix('(').and_then(|commit| commit.strip_suffix(')'));
    assert!(version.trim_end() == number || commit.is_some_and(is_commit), "{version}");
}

#[test]
fn weight_pruning_counts_weights_in_a_budget_of_units() {
    let text = TINY
        .replace("seeds: [0, 1]", "seeds: [0]")
        .replace("name: tiny", "name: tiny\nbudget: units");
    let folder = Folder::with("tiny.yaml", &text);
    folder.sweep(&[]);
    let results = Store::open(&folder.path().join("results"), "tiny").read_results().unwrap();
    let used = |label: &str| {
        let rows = results.runs.iter().filter(|row| row.run.label == label);
        let last = rows.filter_map(|row| row.evaluation.as_ref()).next_back().unwrap();
        last.used_share(BudgetKind::Units)
    };
    // 9,528 weights.
    assert!((used("magnitude (weight)") - 0.25).abs() < 1e-3, "{}", used("magnitude (weight)"));
    assert_eq!(used("magnitude (unit)"), 0.25);
    let table = fs::read_to_string(folder.path().join("plots/tiny/table.md")).unwrap();
    let row = table.lines().find(|line| line.starts_with("| magnitude (weight)")).unwrap();
    assert!(!row.contains("over budget"), "{row}");
}

#[test]
fn a_command_can_be_repeated_as_it_is_printed() {
    let name = "it's a (trial); & more.yaml";
    let folder = Folder::with(name, TINY.trim_end());
    let changed = "methods=[dense, {kind: dense, label: \"a; b\", width: 0.5}]";
    folder.succeed(&["sweep", name, "--set", changed]);
    let about = fs::read_to_string(folder.results().join("about.json")).unwrap();
    let about: Value = from_str(&about).unwrap();
    let command = about["command"].as_str().unwrap();
    let expected = r#"swanbench sweep 'it'\''s a (trial); & more.yaml' --set 'methods=[dense, {kind: dense, label: "a; b", width: 0.5}]'"#;
    assert_eq!(command, expected);
    // The kept experiment is YAML, with the change as a comment.
    let kept = fs::read_to_string(folder.results().join("experiment.yaml")).unwrap();
    assert!(kept.ends_with(&format!("  - swan\n# --set {changed}\n")), "{kept}");
}

#[test]
fn a_terminal_without_bars_has_lines() {
    let folder = Folder::with("tiny.yaml", TINY);
    // `script` gives the command a terminal; not every system has it.
    let program = env!("CARGO_BIN_EXE_swanbench");
    let output = Command::new("script")
        .args([
            "--quiet",
            "--return",
            "--command",
            &format!("{program} sweep tiny.yaml"),
            "/dev/null",
        ])
        .current_dir(folder.path())
        .env("TERM", "dumb")
        .output();
    let Ok(output) = output else { return eprintln!("skipped: no `script`") };
    if String::from_utf8_lossy(&output.stderr).contains("pseudo-terminal") {
        return eprintln!("skipped: no terminals here");
    }
    assert_contains(&String::from_utf8_lossy(&output.stdout), "[12/12] ");
}

#[test]
fn the_number_of_jobs_does_not_change_a_bit() {
    let folder = Folder::with("tiny.yaml", TINY);
    for (jobs, results) in [("1", "one"), ("3", "three")] {
        folder.sweep(&["--jobs", jobs, "--results", results, "--plots", results]);
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
fn a_run_that_diverges_does_not_stop_the_others() {
    let folder = Folder::with("tiny.yaml", TINY);
    // So large a step that the logits overflow; the experiment's other settings stay.
    let diverge = ["--set", "train.learning_rate=1e30", "--set", "train.optimizer=sgd"];
    let stderr = folder.sweep_fails(&diverge);
    assert_contains(&stderr, "the loss is not a finite number in epoch 1");
    assert_contains(&stderr, "error: 12 of 12 runs failed");
}

#[test]
fn a_sweep_trains_only_what_is_missing() {
    let folder = Folder::with("tiny.yaml", TINY);
    folder.write("without.yaml", &TINY.replace("  - swan\n", ""));
    let first = folder.succeed(&["sweep", "without.yaml"]);
    assert_contains(&first.stderr, "10 runs, 0 already done");
    let whole = folder.sweep(&["--jobs", "1000000"]);
    assert_contains(&whole.stderr, "12 runs, 10 already done");

    // A run whose file is lost is trained again, with the same numbers.
    let metrics = folder.metrics("results/tiny");
    let lost = metrics.keys().next().unwrap();
    fs::remove_file(folder.results().join(format!("{lost}.zip"))).unwrap();
    assert_contains(&folder.sweep(&[]).stderr, "12 runs, 11 already done");
    assert_eq!(folder.metrics("results/tiny"), metrics);
}

#[test]
fn a_dry_run_lists_and_writes_nothing() {
    let folder = Folder::with("tiny.yaml", TINY);
    let output = folder.sweep(&["--dry-run"]);
    assert_eq!(output.stdout.lines().count(), 14, "{}", output.stdout);
    assert_contains(&output.stdout, "missing         magnitude (unit) at 25%, seed 1");
    assert_contains(&output.stdout, "\n12 runs, 0 done\nto train: ");
    assert!(!folder.path().join("results").exists());
    assert!(!folder.path().join("plots").exists());
}

#[test]
fn a_dry_run_estimates_what_training_computes() {
    let folder = Folder::with("tiny.yaml", TINY);
    let output = folder.sweep(&["--dry-run", "--jobs", "1"]);
    let estimated = output.stdout.lines().last().unwrap();
    let log = folder.sweep(&["--log-format", "json", "--jobs", "1"]);
    let lines: Vec<Value> = log.stderr.lines().map(|line| from_str(line).unwrap()).collect();
    let done = lines.iter().filter(|line| line["event"] == "run-done");
    let flops: f64 = done.map(|line| line["train_flops"].as_f64().unwrap()).sum();
    assert!(estimated.starts_with(&format!("to train: {flops:.2e} FLOPs, about ")), "{estimated}");
    assert!(estimated.ends_with(" s with 1 at a time"), "{estimated}");

    // Nothing is left to estimate.
    let output = folder.sweep(&["--dry-run"]);
    assert!(output.stdout.ends_with("12 runs, 12 done\n"), "{}", output.stdout);
}

#[test]
fn errors_are_lines_of_json_too() {
    let folder = Folder::with("tiny.yaml", TINY);
    let diverging = ["--set", "train.learning_rate=1e30", "--log-format", "json"];
    for quiet in [&[][..], &["--quiet"]] {
        let stderr = folder.sweep_fails(&[&diverging[..], quiet].concat());
        let lines: Vec<Value> = stderr.lines().map(|line| from_str(line).unwrap()).collect();
        let last = lines.last().unwrap();
        assert_eq!((&last["event"], &last["status"]), (&"error".into(), &1.into()));
        assert_contains(last["text"].as_str().unwrap(), "of 12 runs failed");
        assert_eq!(lines.len() == 1, !quiet.is_empty(), "{stderr}");
    }
}

#[test]
fn every_event_is_a_line_of_json() {
    let folder = Folder::with("tiny.yaml", TINY);
    let shown = folder.sweep(&["--log-format", "json"]).stderr;
    let path = folder.results().join("log.jsonl");
    let kept = fs::read_to_string(&path).unwrap();
    assert_eq!(shown, kept);
    let lines: Vec<Value> = kept.lines().map(|line| from_str(line).unwrap()).collect();
    let count = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    let counts = ["sweep-started", "run-started", "epoch", "run-done", "sweep-ended"].map(count);
    // Twelve runs of four epochs.
    assert_eq!(counts, [1, 12, 48, 12, 1]);
    let done = lines.iter().find(|line| line["label"] == "swan" && line["event"] == "run-done");
    let done = done.unwrap();
    let mode = &done["evaluation"]["mode"];
    assert_eq!((done["target"].as_f64(), mode), (Some(0.25), &"hard".into()));

    let again = folder.sweep(&[]);
    assert!(again.stderr.starts_with("12 runs, 12 already done"), "{}", again.stderr);
    let longer = fs::read_to_string(path).unwrap();
    assert!(longer.starts_with(&kept) && longer.lines().count() == kept.lines().count() + 2);
}

#[test]
fn curves_for_tensorboard_have_a_file_for_each_run() {
    // The longest label in letters of three bytes: file systems allow 255 in a name.
    let long = format!("  - {{ kind: swan, label: {} }}", "網".repeat(60));
    let folder = Folder::with("tiny.yaml", &TINY.replace("  - swan", &long));
    folder.sweep(&["--tensorboard", "--quiet"]);
    let curves = folder.results().join("tensorboard");
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
