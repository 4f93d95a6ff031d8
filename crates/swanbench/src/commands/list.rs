//! `swanbench list`: what an experiment can name.

use swanbench_spec::Kind;

use crate::{
    arguments::{List, Listed},
    vocabulary::vocabulary,
};

pub fn run(arguments: &List) {
    let vocabulary = vocabulary();
    let kinds = match arguments.what {
        Listed::Methods => vocabulary.methods,
        Listed::Models => vocabulary.models,
        Listed::Datasets => vocabulary.datasets,
    };
    let widest = kinds.iter().map(|kind| kind.name.len()).max().unwrap_or(0);
    for kind in &kinds {
        let indent = " ".repeat(widest);
        println!("{:widest$}  {}", kind.name, kind.summary);
        println!("{indent}  {}", kind.source);
        let fields = fields(kind);
        if !fields.is_empty() {
            println!("{indent}  settings: {}", fields.join(", "));
        }
    }
}

/// Each setting with its default.
fn fields(kind: &Kind) -> Vec<String> {
    let defaults = kind.settings.defaults();
    let fields = defaults.as_object().into_iter().flatten();
    fields.map(|(name, value)| format!("{name}={}", plain(value))).collect()
}

/// A value as an experiment would write it.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
