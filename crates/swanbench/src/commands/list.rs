//! `swanbench list`: what an experiment can name.

use serde_json::Value;
use swanbench_spec::{ComponentInfo, listed_words};

use crate::{
    arguments::{List, Listed},
    output,
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
        output::line(format_args!("{:widest$}  {}", kind.name, kind.summary));
        output::line(format_args!("{indent}  {}", kind.source));
        let fields = fields(kind);
        if !fields.is_empty() {
            output::line(format_args!("{indent}  settings: {}", fields.join(", ")));
        }
    }
}

/// Each setting with its default and, where it is a word, all words.
fn fields(kind: &ComponentInfo) -> Vec<String> {
    let schema = kind.settings.schema();
    let defaults = kind.settings.defaults();
    let fields = defaults.as_object().into_iter().flatten();
    let field = |(name, default): (&String, &Value)| {
        let words = listed_words(&schema["properties"][name]);
        let default = plain(default);
        match (default, words.is_empty()) {
            (None, true) => name.clone(),
            (None, false) => format!("{name} ({})", words.join(" | ")),
            (Some(default), true) => format!("{name}={default}"),
            (Some(default), false) => format!("{name}={default} ({})", words.join(" | ")),
        }
    };
    fields.map(field).collect()
}

/// A value as an experiment would write it; none where leaving the field out says it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(word) => Some(word.clone()),
        Value::Object(fields) => {
            let field = |(name, value)| Some(format!("{name}: {}", plain(value)?));
            let fields: Vec<String> = fields.iter().filter_map(field).collect();
            Some(format!("{{ {} }}", fields.join(", ")))
        }
        other => Some(other.to_string()),
    }
}
