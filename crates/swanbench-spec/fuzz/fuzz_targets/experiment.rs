//! The YAML of an experiment: checked runs or a message that starts with the file, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_spec::{ComponentInfo, Draft, SettingsType, Vocabulary};

/// One field of every form.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Settings {
    hidden: Vec<u32>,
    rate: Option<f64>,
    flag: bool,
    word: String,
}

fn kind(name: &'static str, takes_target: bool) -> ComponentInfo {
    ComponentInfo {
        name,
        summary: "made up",
        source: "nowhere",
        revision: "1".to_owned(),
        takes_target,
        settings: SettingsType::of::<Settings>(),
    }
}

fuzz_target!(|text: &str| {
    // The cost is that of the list of runs, which may be long; nothing is learnt from it.
    if text.len() > 4096 {
        return;
    }
    let vocabulary = Vocabulary {
        methods: vec![kind("dense", false), kind("swan", true)],
        models: vec![kind("mlp", false)],
        datasets: vec![kind("planted", false)],
    };
    match Draft::parse("fuzz.yaml", text, &[], &vocabulary) {
        Ok(draft) => assert!(draft.resolve("1").runs.iter().all(|run| run.id.len() == 16)),
        Err(error) => assert!(error.to_string().starts_with("fuzz.yaml"), "{error}"),
    }
});
