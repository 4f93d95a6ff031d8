//! Runs of experiments that are right.

use serde_json::json;
use swanbench_spec::{BudgetKind, DataOptions, Experiment};

use crate::support::{TRIAL, parse, trial_with, wrong};

fn read(text: &str) -> Experiment {
    parse(text, &[]).unwrap()
}

#[test]
fn entries_come_first_then_targets_then_seeds() {
    let experiment = read(TRIAL);
    let order: Vec<_> = experiment
        .runs
        .iter()
        .map(|run| (run.method.kind.as_str(), run.target, run.seed))
        .collect();
    assert_eq!(
        order,
        [
            ("dense", None, 0),
            ("dense", None, 1),
            ("prune", Some(0.5), 0),
            ("prune", Some(0.5), 1),
            ("prune", Some(0.1), 0),
            ("prune", Some(0.1), 1),
        ]
    );
    assert_eq!(experiment.labels, ["dense", "prune (unit)"]);
    assert_eq!(experiment.seeds, [0, 1]);
    assert_eq!(experiment.targets, [0.5, 0.1]);
    assert_eq!(experiment.text, TRIAL);
}

#[test]
fn defaults_are_filled_in() {
    let run = &read("{ name: x, data: digits, model: mlp, seeds: [7], methods: [dense] }").runs[0];
    assert_eq!(*run.data.settings, json!({ "classes": 10 }));
    assert_eq!(*run.model.settings, json!({ "hidden": [300, 100], "bias": true }));
    assert_eq!(run.data_options, DataOptions::default());
    assert_eq!((run.model_width, run.width), (1.0, 1.0));
    assert_eq!(run.train, swanbench_spec::Train::default());
}

#[test]
fn common_fields_are_separated_from_settings() {
    let text = "\
{ name: x, title: A trial,
  data: { kind: digits, limit: 50, validation: 0.2, classes: 3, crop_padding: 4, flip: true },
  model: { kind: mlp, width: 2, hidden: [8] }, seeds: [1],
  methods: [{ kind: dense, label: thin, width: 0.5 }] }";
    let experiment = read(text);
    let run = &experiment.runs[0];
    assert_eq!(experiment.title.as_deref(), Some("A trial"));
    let expected = DataOptions { limit: Some(50), validation: 0.2, crop_padding: 4, flip: true };
    assert_eq!(run.data_options, expected);
    assert_eq!(*run.data.settings, json!({ "classes": 3 }));
    assert_eq!((run.model_width, run.width), (2.0, 0.5));
    assert_eq!(*run.model.settings, json!({ "hidden": [8], "bias": true }));
    assert_eq!((run.label.as_str(), &*run.method.settings), ("thin", &json!({})));
}

#[test]
fn the_target_replaces_every_placeholder() {
    let methods = "\
methods:
  - { kind: dense, width: $target }
  - { kind: gates, rates: [1, $target], ramp: { end: $target } }";
    let experiment = read(&trial_with("methods", methods));
    let dense = &experiment.runs[2];
    assert_eq!((dense.target, dense.width), (Some(0.1), 0.1));
    let gates = &experiment.runs[4];
    assert_eq!(gates.target, Some(0.5));
    assert_eq!(gates.method.settings["rates"], json!([1.0, 0.5]));
    assert_eq!(gates.method.settings["ramp"], json!({ "start": 0.1, "end": 0.5 }));
    assert_eq!(experiment.labels, ["dense", "gates"]);
}

#[test]
fn a_shape_runs_once_per_target_at_the_width_that_the_budget_allows() {
    let runs = read(&trial_with("methods", "methods: [{ kind: dense, shape: 0.5 }]")).runs;
    let targets: Vec<_> = runs.iter().map(|run| (run.target, run.width, run.shape)).collect();
    let run = |target| (Some(target), 1.0, Some(0.5));
    assert_eq!(targets, [run(0.5), run(0.5), run(0.1), run(0.1)]);
}

#[test]
fn an_entry_may_have_targets_of_its_own() {
    let methods = "methods: [{ kind: gates, targets: [0.9] }, gates, dense]";
    assert!(wrong(&trial_with("methods", methods)).contains("the same label"));
    let methods = "methods: [{ kind: gates, label: many, targets: [0.9] }, gates, dense]";
    let runs = read(&trial_with("methods", methods)).runs;
    let targets: Vec<_> = runs.iter().map(|run| run.target).step_by(2).collect();
    assert_eq!(targets, [Some(0.9), Some(0.5), Some(0.1), None]);
}

#[test]
fn the_budget_is_part_of_the_identity() {
    let with = |budget: &str| read(&trial_with("seeds", &format!("seeds: [0]\n{budget}"))).runs;
    let flops = with("budget: flops");
    assert_eq!(flops[0].id, with("")[0].id, "the default");
    assert_ne!(flops[0].id, with("budget: units")[0].id);
    assert_eq!(flops[0].budget, BudgetKind::Flops);
}

#[test]
fn divided_epochs_make_another_run() {
    let with = |fields: &str| {
        let methods = format!("methods: [{{ kind: dense, width: $target{fields} }}]");
        read(&trial_with("methods", &methods)).runs
    };
    let (plain, longer) = (with(""), with(", epochs_divisor: $target"));
    let epochs: Vec<_> = longer.iter().map(|run| run.train.epochs).collect();
    assert_eq!(epochs, [40, 40, 200, 200], "20 epochs over 0.5 and 0.1, two seeds each");
    assert_eq!(longer[2].train.recovery_epochs, 50);
    assert_ne!(plain[0].id, longer[0].id);
    assert_eq!(plain[0].id, with(", epochs_divisor: 1")[0].id);
}

#[test]
fn a_label_says_the_words_chosen_in_the_order_written() {
    let methods = "\
methods:
  - { score: l2, kind: prune, scope: weight }
  - { kind: prune, scope: weight, width: 0.5 }
  - { kind: gates, gate_rank: 4 }
  - { kind: gates, label: gates (wide), gate_rank: 9 }";
    let experiment = read(&trial_with("methods", methods));
    assert_eq!(
        experiment.labels,
        ["prune (l2, weight)", "prune (weight)", "gates", "gates (wide)"]
    );
}

#[test]
fn recovery_shrinks_unless_it_is_chosen() {
    for (train, recovery) in [
        ("train: { epochs: 1 }", 0),
        ("train: { epochs: 3 }", 0),
        ("train: { epochs: 12 }", 3),
        ("train: { epochs: 20 }", 5),
        ("train: { epochs: 100 }", 5),
        ("train: { epochs: 3, recovery_epochs: 2 }", 2),
        ("train: {}", 5),
    ] {
        let experiment = read(&trial_with("train", train));
        assert_eq!(experiment.train.recovery_epochs, recovery, "{train}");
    }
}

#[test]
fn a_number_may_be_written_with_a_fraction_of_zero() {
    let text = trial_with("train", "train: { epochs: 2e1, batch_size: 64.0 }");
    assert_eq!(read(&text).runs, read(TRIAL).runs);
}

#[test]
fn targets_may_be_left_out_if_no_method_has_one() {
    let text = "{ name: x, data: digits, model: mlp, seeds: [0], methods: [dense] }";
    assert_eq!(read(text).runs.len(), 1);
}
