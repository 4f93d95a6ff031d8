//! The JSON schema of a whole experiment.

use swanbench_spec::{Draft, SettingsType, Vocabulary, read_yaml, schema};

use crate::support::{Gates, Mlp, Nothing, Prune, TRIAL, kind, trial_with, vocabulary};

fn is_valid(vocabulary: &Vocabulary, text: &str) -> bool {
    let experiment = read_yaml("text", text).unwrap();
    jsonschema::validator_for(&schema(vocabulary)).unwrap().is_valid(&experiment)
}

#[test]
fn an_experiment_with_every_form_of_entry_is_valid() {
    let vocabulary = Vocabulary {
        methods: vec![
            kind("dense", false, SettingsType::of::<Nothing>()),
            kind("dropout", true, SettingsType::of::<Nothing>()),
            kind("magnitude", true, SettingsType::of::<Prune>()),
            kind("swan", true, SettingsType::of::<Gates>()),
        ],
        models: vec![kind("mlp", false, SettingsType::of::<Mlp>())],
        datasets: vec![kind("mnist-5k", false, SettingsType::of::<Nothing>())],
    };
    let quickstart = "\
name: quickstart
data: mnist-5k
model: { kind: mlp, hidden: [300, 100] }
train: { epochs: 20, batch_size: 64, optimizer: adam, learning_rate: 1e-3, schedule: cosine }
seeds: [0, 1, 2]
targets: [0.5, 0.25, 0.1, 0.05, 0.02]
methods:
  - dense
  - { kind: dense, label: narrow dense, width: $target }
  - dropout
  - { kind: magnitude, scope: unit }
  - { kind: magnitude, scope: weight }
  - { kind: swan, gate_rank: 8 }
  - { kind: swan, label: swan (static), gate_rank: 0 }
";
    assert!(is_valid(&vocabulary, quickstart));
    let draft = Draft::parse("quickstart.yaml", quickstart, &[], &vocabulary).unwrap();
    // 3 seeds of dense, and 6 entries with 5 targets and 3 seeds each.
    assert_eq!(draft.resolve("1").runs.len(), 3 + 6 * 5 * 3);
}

#[test]
fn the_target_is_allowed_in_methods_only() {
    let vocabulary = vocabulary();
    let deep = "methods: [{ kind: gates, rates: [$target, 1], ramp: { end: $target } }]";
    assert!(is_valid(&vocabulary, &trial_with("methods", deep)));
    assert!(!is_valid(&vocabulary, &trial_with("methods", "methods: [{ kind: $target }]")));
    assert!(!is_valid(&vocabulary, &trial_with("data", "data: { kind: digits, limit: $target }")));
}

#[test]
fn what_the_check_refuses_is_not_valid() {
    let vocabulary = vocabulary();
    assert!(is_valid(&vocabulary, TRIAL));
    for (field, text) in [
        ("name", "name: a b"),
        ("seeds", ""),
        ("seeds", "seeds: [0, 0]"),
        ("targets", "targets: [1.5]"),
        ("data", "data: { kind: digits, clases: 3 }"),
        ("model", "model: { kind: mlp, hidden: [5000000000] }"),
        ("train", "train: { epoch: 1 }"),
        ("methods", "methods: [swan]"),
        ("methods", "methods: [{ kind: prune, scope: unti }]"),
        ("methods", "methods: []"),
    ] {
        assert!(!is_valid(&vocabulary, &trial_with(field, text)), "{text}");
    }
}
