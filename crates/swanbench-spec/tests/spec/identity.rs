//! The ids of runs: what changes them and what does not.

use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_spec::{Draft, SettingsType};

use crate::support::{TRIAL, ids, kind, trial_with, vocabulary};

/// Computed by hand: the first 8 bytes of sha256 over
/// `{"budget":"flops","data":{"common":{},"kind":"digits","revision":"1","settings":{}},
/// "method":{"common":{},"kind":"dense","revision":"1","settings":{}},
/// "model":{"common":{},"kind":"mlp","revision":"1","settings":{}},
/// "revisions":{"cost model":2,"loop":2},"seed":0,"target":null,"train":{}}` without line breaks, and accordingly for the others.
#[test]
fn ids_are_hashes_of_what_is_not_default() {
    assert_eq!(
        ids(TRIAL),
        [
            "602ba61fdde24204",
            "b85201c89e1a6a34",
            "09c98fce8b46c6aa",
            "4b3aeb9a1fa84cb1",
            "e552eba2a1b546d5",
            "c4fd9eb063305860",
        ]
    );
}

#[test]
fn labels_comments_and_defaults_change_no_id() {
    let other = "\
# A comment.
methods: [{ label: baseline, kind: dense, width: 1.0 }, { kind: prune, label: other }]
seeds: [0, 1]
targets: [0.5, 0.10]
name: another
model: mlp
data: { validation: 0.1, kind: digits, classes: 10, limit: null }
";
    assert_eq!(ids(TRIAL), ids(other));
}

#[test]
fn fields_that_change_results_change_the_id() {
    let dense = "{ kind: dense, width: 0.5 }";
    let variants = [
        TRIAL.to_owned(),
        trial_with("data", "data: noise"),
        trial_with("data", "data: { kind: digits, classes: 3 }"),
        trial_with("data", "data: { kind: digits, limit: 100 }"),
        trial_with("data", "data: { kind: digits, validation: 0.2 }"),
        trial_with("data", "data: { kind: digits, crop_padding: 2 }"),
        trial_with("data", "data: { kind: digits, flip: true }"),
        trial_with("model", "model: convnet"),
        trial_with("model", "model: { kind: mlp, hidden: [300] }"),
        trial_with("model", "model: { kind: mlp, width: 0.5 }"),
        trial_with("train", "train: { epochs: 21 }"),
        trial_with("train", "train: { schedule: constant }"),
        trial_with("train", "train: { precision: bfloat16 }"),
        trial_with("seeds", "seeds: [2, 1]"),
        trial_with("methods", &format!("methods: [{dense}]")),
        trial_with("methods", "methods: [prune]"),
    ];
    let first: Vec<String> = variants.iter().map(|text| ids(text).swap_remove(0)).collect();
    for (position, id) in first.iter().enumerate() {
        assert!(!first[..position].contains(id), "{}", variants[position]);
    }
}

#[test]
fn the_content_of_given_weights_changes_the_id() {
    let folder = tempfile::tempdir().unwrap();
    let first_id = |name: &str, content: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        let model = format!("model: {{ kind: mlp, weights: {} }}", file.display());
        ids(&trial_with("model", &model)).swap_remove(0)
    };
    let id = first_id("a.safetensors", "some");
    assert_eq!(first_id("b.safetensors", "some"), id);
    assert_ne!(first_id("a.safetensors", "other"), id);
    assert_ne!(ids(TRIAL)[0], id);
}

#[test]
fn a_revision_changes_ids_of_its_runs() {
    let run_ids = |changed: &str, data_revision: &str| {
        let mut vocabulary = vocabulary();
        let kinds = vocabulary.methods.iter_mut().chain(&mut vocabulary.models);
        for kind in kinds.filter(|kind| kind.name == changed) {
            kind.revision = "2".to_owned();
        }
        let draft = Draft::parse("trial.yaml", TRIAL, &[], &vocabulary).unwrap();
        draft.resolve(data_revision).runs.into_iter().map(|run| run.id).collect::<Vec<_>>()
    };
    let (before, after) = (ids(TRIAL), run_ids("prune", "1"));
    assert_eq!(before[..2], after[..2]);
    assert!(before[2..].iter().all(|id| !after.contains(id)));
    for (model, data_revision) in [("mlp", "1"), ("", "2")] {
        assert!(run_ids(model, data_revision).iter().all(|id| !before.contains(id)));
    }
}

/// The settings of `dense` in a later version, which has new ones.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Later {
    new: Option<u32>,
    also_new: Vec<f64>,
}

#[test]
fn a_new_setting_with_a_default_keeps_old_ids() {
    let mut later = vocabulary();
    later.methods[0] = kind("dense", false, SettingsType::of::<Later>());
    let draft = Draft::parse("trial.yaml", TRIAL, &[], &later).unwrap();
    assert_eq!(draft.resolve("1").runs[0].id, ids(TRIAL)[0]);
}

#[derive(Debug, Clone, PartialEq)]
struct Settings {
    epochs: u32,
    classes: u32,
    hidden: u32,
    gate_rank: u32,
    ramp_start: u32,
    seed: u64,
}

impl Settings {
    /// An experiment of one run, its fields in the order that `order` gives.
    fn text(&self, order: &[usize]) -> String {
        let Self { epochs, classes, hidden, gate_rank, ramp_start, seed } = self;
        let arrange = |fields: [&str; 3]| {
            let in_order = order.iter().filter_map(|position| fields.get(*position));
            in_order.copied().collect::<Vec<_>>().join(", ")
        };
        let ramp = format!("ramp: {{ start: 0.{ramp_start}, end: 0.5 }}");
        let method = arrange(["kind: gates", &format!("gate_rank: {gate_rank}"), &ramp]);
        let train = format!("epochs: {epochs}");
        let train = arrange([&train, "batch_size: 32", "optimizer: sgd"]);
        let top = [
            "name: x".to_owned(),
            format!("data: {{ kind: digits, classes: {classes} }}"),
            format!("model: {{ hidden: [{hidden}], kind: mlp }}"),
            format!("train: {{ {train} }}"),
            format!("seeds: [{seed}]"),
            "targets: [0.5]".to_owned(),
            format!("methods: [{{ {method} }}]"),
        ];
        let lines: Vec<&str> = order.iter().map(|position| top[*position].as_str()).collect();
        lines.join("\n")
    }
}

fn settings() -> impl Strategy<Value = Settings> {
    (1..4_u32, 2..5_u32, 1..4_u32, 0..3_u32, 1..4_u32, 0..3_u64).prop_map(
        |(epochs, classes, hidden, gate_rank, ramp_start, seed)| Settings {
            epochs,
            classes,
            hidden,
            gate_rank,
            ramp_start,
            seed,
        },
    )
}

fn order() -> impl Strategy<Value = Vec<usize>> {
    Just((0..7).collect::<Vec<usize>>()).prop_shuffle()
}

proptest! {
    #[test]
    fn the_order_of_keys_does_not_matter(settings in settings(), one in order(), two in order()) {
        prop_assert_eq!(ids(&settings.text(&one)), ids(&settings.text(&two)));
    }

    #[test]
    fn equal_ids_mean_equal_settings(one in settings(), two in settings(), order in order()) {
        prop_assert_eq!(ids(&one.text(&order)) == ids(&two.text(&order)), one == two);
    }
}
