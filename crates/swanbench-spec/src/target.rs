//! `$target`, the word of a method entry that stands for each target.

use serde_json::{Map, Value, json};

/// As an experiment writes it.
pub(crate) const PLACEHOLDER: &str = "$target";

/// Tells whether the placeholder is the value or a value within it.
pub(crate) fn mentions_target(value: &Value) -> bool {
    match value {
        Value::String(text) => text == PLACEHOLDER,
        Value::Array(items) => items.iter().any(mentions_target),
        Value::Object(fields) => fields.values().any(mentions_target),
        _ => false,
    }
}

/// Returns the fields with the target in place of every placeholder.
pub(crate) fn with_target(fields: &Map<String, Value>, target: f64) -> Map<String, Value> {
    fields.iter().map(|(key, field)| (key.clone(), filled(field, target))).collect()
}

fn filled(value: &Value, target: f64) -> Value {
    match value {
        Value::String(text) if text == PLACEHOLDER => number(target),
        Value::Array(items) => items.iter().map(|item| filled(item, target)).collect(),
        Value::Object(fields) => with_target(fields, target).into(),
        other => other.clone(),
    }
}

/// Returns 1 as an integer, as it is read from an experiment.
fn number(target: f64) -> Value {
    if target == 1.0 { 1.into() } else { target.into() }
}

/// Returns the schema of one of `targets`.
pub(crate) fn target_schema() -> Value {
    json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_filled_and_only_whole_values_count() {
        let entry = json!(
            { "a": "$target", "b": [1, { "c": "$target" }], "d": "x$target", "$target": 2 }
        );
        let wanted = json!({ "a": 0.25, "b": [1, { "c": 0.25 }], "d": "x$target", "$target": 2 });
        let filled = Value::from(with_target(entry.as_object().unwrap(), 0.25));
        assert_eq!(filled, wanted);
        assert!(mentions_target(&entry));
        assert!(!mentions_target(&filled));
    }
}
