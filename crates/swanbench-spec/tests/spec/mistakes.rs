//! What is said about mistakes, field by field. Each snapshot shows the text of a field and the
//! message about it.

use insta::assert_snapshot;

use crate::support::{mistakes, wrong};

#[test]
fn a_name_must_suit_a_folder() {
    let names = ["name: a b", "name: .hidden", "name: ../up", "name: \"\"", "name: 2024"];
    assert_snapshot!(mistakes("name", &names));
}

#[test]
fn an_experiment_has_fields_of_its_own() {
    let free_text = "name: x\ntitle: [a]\ndescription: 5";
    let not_words = "name: x\n5: x\n[a]: x\n~: x";
    let unknown = "name: x\nsedes: [0]";
    let repeated = "name: x\nname: y";
    assert_snapshot!(mistakes("name", &[free_text, not_words, unknown, repeated, ""]));
}

#[test]
fn a_file_holds_one_mapping() {
    let texts = ["title: nothing else", "", "# only a comment", "- name: x", "words"];
    assert_snapshot!(texts.map(wrong).join("\n\n"));
}

#[test]
fn what_is_not_yaml_shows_where() {
    let texts = ["name: [x", "name: *x", "name: x\n y: z", "name: x\n---\nname: y", "a: {b: [c}"];
    assert_snapshot!(texts.map(wrong).join("\n\n"));
}

#[test]
fn a_dataset_is_named_and_its_fields_have_bounds() {
    let texts = [
        "data: digit",
        "data: { limit: 5 }",
        "data: { kind: 5 }",
        "data: [digits]",
        "data: { kind: digits, limit: 0, validation: 0.6 }",
        "data: { kind: digits, classes: 11 }",
        "data: { kind: digits, classes: 2.5 }",
        "data: { kind: digits, clases: 5 }",
    ];
    assert_snapshot!(mistakes("data", &texts));
}

#[test]
fn a_model_is_named_and_its_fields_have_bounds() {
    let texts = [
        "model: { kind: convent }",
        "model: transformer",
        "model: ~",
        "model: { kind: mlp, width: 0 }",
        "model: { kind: mlp, hidden: [5000000000] }",
        "model: { kind: mlp, hidden: [] }",
        "model: { kind: mlp, hidden: [300, 0, x] }",
        "model: { kind: mlp, hidden: 300 }",
        "model: { kind: mlp, bias: yes }",
        "model: { kind: mlp, weights: nowhere.safetensors }",
    ];
    assert_snapshot!(mistakes("model", &texts));
}

#[test]
fn training_has_bounds_and_leaves_an_epoch() {
    let texts = [
        "train: { epoch: 20 }",
        "train: { lr: 0.1 }",
        "train: { optimizer: adamw, schedule: cos }",
        "train: { epochs: 0, batch_size: twenty, learning_rate: 0, momentum: 1.1 }",
        "train: { learning_rate: .nan, weight_decay: .inf }",
        "train: { epochs: 5, recovery_epochs: 5 }",
        "train: { epochs: 0, recovery_epochs: 5 }",
        "train: { epochs: 1, epochs: 2 }",
        "train: 20",
        "train:",
    ];
    assert_snapshot!(mistakes("train", &texts));
}

#[test]
fn seeds_are_some_different_integers() {
    let wrong_items = "seeds: [0, 1, 0, -1, 1.5, a, 9007199254740992]";
    assert_snapshot!(mistakes("seeds", &["seeds: []", "seeds: 3", wrong_items]));
}

#[test]
fn targets_are_different_shares() {
    let wrong_items = "targets: [0.5, 0, 1.5, 0.5, .inf, half]";
    let texts = [wrong_items, "targets: 0.5", "", "targets: []", "targets: [2]"];
    assert_snapshot!(mistakes("targets", &texts));
}

#[test]
fn a_method_is_a_name_or_a_mapping() {
    let texts = [
        "methods: []",
        "methods: dense",
        "methods:",
        "methods: [dense, swan, { kind: prun }, { scope: unit }, [dense], ~]",
        "methods: [{ kind: $target }]",
    ];
    assert_snapshot!(mistakes("methods", &texts));
}

#[test]
fn settings_of_methods_are_checked_at_any_depth() {
    let unknown_fields = "\
methods:
  - { kind: prune, scop: unit }
  - kind: dense
    scope: unit";
    let unknown_words = "\
methods:
  - { kind: prune, scope: unti }
  - { kind: prune, score: l3 }
  - { kind: prune, keep_first: uni }
  - { kind: prune, scope: 3 }";
    let nested = "\
methods:
  - { kind: gates, ramp: { strat: 1 } }
  - { kind: gates, ramp: { start: 2 } }
  - { kind: gates, ramp: 3 }
  - { kind: gates, rates: [1] }
  - { kind: gates, gate_rank: -1 }";
    let common = r#"methods:
  - { kind: dense, width: 1.5 }
  - { kind: dense, label: "" }
  - { kind: dense, label: 5 }"#;
    let contradiction = "\
methods:
  - { kind: prune, score: random, keep_first: unit }";
    let texts = [unknown_fields, unknown_words, nested, common, contradiction];
    assert_snapshot!(mistakes("methods", &texts));
}

#[test]
fn a_target_must_fit_its_field() {
    let rank = "methods: [{ kind: gates, gate_rank: $target, ramp: { start: $target } }]";
    assert_snapshot!(mistakes("methods", &[rank, "methods: [{ kind: gates, label: $target }]"]));
}

#[test]
fn options_about_targets_must_make_sense() {
    let alone = "\
methods:
  - { kind: dense, targets: [0.5] }
  - { kind: dense, label: both, shape: 1, width: 0.5 }
  - { kind: prune, shape: 1 }
  - { kind: gates, targets: [$target] }
  - { kind: gates, targets: [] }
  - { kind: gates, targets: [0.5, 2] }";
    assert_snapshot!(mistakes("methods", &[alone]));
}

#[test]
fn entries_differ_in_label_and_runs() {
    let labels = "\
methods:
  - dense
  - { kind: dense, width: 0.5 }
  - { kind: gates, label: dense }";
    let runs = "\
methods:
  - dense
  - { kind: dense, width: 1 }
  - prune
  - { kind: prune, scope: unit }
  - { kind: prune, label: again, score: l1 }";
    assert_snapshot!(mistakes("methods", &[labels, runs]));
}

#[test]
fn tags_keys_and_aliases_are_shown_where_they_are() {
    let tags_and_keys = "\
methods:
  - !prune { scope: unit }
  - { kind: prune, scope: !x unit }
  - { kind: dense, 5: 6, true: 1, [a]: 2 }";
    let aliases = "\
methods:
  - &base { kind: prune, scope: unti }
  - *base";
    assert_snapshot!(mistakes("methods", &[tags_and_keys, aliases]));
}

#[test]
fn texts_are_printable_and_labels_can_be_told_apart() {
    let texts = [
        "name: x\ntitle: \"\\e[31mred\\b\"",
        "name: x\ntitle: \"$\\epsilon$ in\\ntwo lines\"",
        "name: x\ndescription: \"two\\nlines, and \\uffff\"",
        "name: x\nclaims: [{ id: \"a\\u202eb\", compare: accuracy }]",
    ];
    let labels = r#"methods:
  - { kind: dense, label: " dense" }
  - { kind: dense, label: "dense ", width: 0.9 }
  - { kind: dense, label: "de\u0301nse", width: 0.8 }
  - { kind: dense, label: "=1+1", width: 0.7 }
  - { kind: dense, label: "prune (shuffled gates)", width: 0.6 }
  - { kind: dense, label: "a\tb", width: 0.5 }"#;
    let long = format!("methods: [{{ kind: dense, label: {} }}]", "W".repeat(230));
    let at_name = mistakes("name", &texts);
    assert_snapshot!([at_name, mistakes("methods", &[labels, &long])].join("\n\n"));
}

#[test]
fn what_other_programs_write_is_read_or_named() {
    let texts = [
        "seeds: [1_000]",
        "seeds: [007]",
        "title: 5\nseeds: [0]",
        "seeds: !!int [0]",
        "seeds: [!!int 5.5]",
        "seeds: [--- 5]",
    ];
    let training = [
        "train: { epochs: 1_0, learning_rate: 1e400, weight_decay: .NaN }",
        "train: { momentum: 0.5 }",
        "train: { <<: { epochs: 3 } }",
    ];
    assert_snapshot!([mistakes("seeds", &texts), mistakes("train", &training)].join("\n"));
}

#[test]
fn claims_can_go_either_way() {
    let claims = "\
seeds: [0]
phases: [{}, { images: inverted }]
claims:
  - { id: a, compare: test_accuracy, of: dense, against: dense, expect: equal }
  - { id: b, compare: test_accuracy, of: prune (unit), against: dense, expect: equal, margin: 5 }
  - { id: c, compare: wall_secs, of: prune (unit), against: dense, phase: 1, expect: less }
  - { id: f, compare: test_loss, of: prune (unit) (frozen gates), against: dense, phase: 1,
      expect: less }
  - { id: d, compare: train_flops, of: prune (unit), expect: less,
      against: prune (unit) (shuffled gates) }
  - { id: e, correlate: [dense_loss, flops_per_example], expect: positive, margin: 1.0,
      method: prune (unit) }";
    assert_snapshot!(mistakes("seeds", &[claims]));
}

#[test]
fn phases_are_mappings_and_the_first_has_no_settings_of_training() {
    let items = "seeds: [0]\nphases: [{ epochs: 3, learn: gates, measure_after_steps: [1] }, \
                 { images: up }, { classes: [] }, rotated]";
    let later = "seeds: [0]\nphases: [{}, { learn: weights, measure_after_steps: [0, 10, 10] }]";
    assert_snapshot!(mistakes("seeds", &[items, later, "seeds: [0]\nphases: []"]));
}

#[test]
fn claims_speak_of_what_exists() {
    let claims = "\
seeds: [0]
claims:
  - { id: a, compare: test_accuracy, of: prine (unit), against: dense, expect: greater }
  - { id: a, compare: accuracy, of: prune (unit), against: dense, expect: more }
  - { id: b, compare: train_flops, of: prune (unit), against: dense, phase: 2, expect: equal }
  - { id: c, correlate: [dense_loss], method: prune (unit) (frozen gates), expect: positive }
  - { id: d, correlate: [dense_loss, flops_per_example], expect: none,
      method: prune (unit) (frozen gates) }
  - { compare: test_loss, of: prune (unit), against: dense, expect: less }
  - { id: e, compare: test_loss, of: prune (unit), against: dense, expect: less }
  - { id: e, compare: test_accuracy, of: prune (unit), against: dense, expect: less }
  - prune";
    assert_snapshot!(mistakes("seeds", &[claims]));
}

#[test]
fn published_numbers_belong_to_cells_or_have_reasons() {
    let items = "\
seeds: [0]
published:
  - { what: a, paper: 1%, label: prine (unit), target: 0.1 }
  - { what: b, paper: 1%, label: prune (unit), target: 0.3 }
  - { what: c, paper: 1% }
  - { what: of which target, paper: 1%, label: prune (unit) }
  - { what: of no target, paper: 1%, label: dense, target: 0.1 }
  - { what: of no cell, paper: 1%, reason: none, target: 0.1, stage: raw }
  - { what: d, papre: 1%, label: dense }
  - { what: e, paper: 1%, label: dense, metric: speed }
  - nothing";
    assert_snapshot!(mistakes("seeds", &[items, "seeds: [0]\npublished: 91%"]));
}

/// The label may be that of the wrong entry, and the target one of the wrong list.
#[test]
fn what_depends_on_a_mistake_is_not_reported() {
    let text = "\
name: x
data: digits
model: mlp
seeds: [0]
targets: [0.5, 7.5]
methods: [dense, { kind: prune, scope: wieght }]
claims: [{ id: a, compare: test_loss, of: prune (weight), against: dense, expect: less }]
published: [{ what: a, paper: 1%, label: prune (weight), target: 0.75 }]";
    assert_snapshot!(wrong(text), @r"
    trial.yaml:5:16: targets[1]: `7.5` is out of range
      expected: a number above 0, up to 1
    trial.yaml:6:40: methods[1].scope: unknown word `wieght`
      expected: one of unit, weight
      nearest: weight
    2 problems
    ");
}
