//! `$target`, the word of a method entry in whose place each target is put.

use serde_yaml::{Mapping, Value};

/// As an experiment writes it.
pub(crate) const PLACEHOLDER: &str = "$target";

/// Whether the placeholder is the value or a value within it.
pub(crate) fn mentions_target(value: &Value) -> bool {
    match value {
        Value::String(text) => text == PLACEHOLDER,
        Value::Sequence(items) => items.iter().any(mentions_target),
        Value::Mapping(fields) => fields.values().any(mentions_target),
        _ => false,
    }
}

/// The fields with the target in all places of the placeholder.
pub(crate) fn with_target(fields: &Mapping, target: f64) -> Mapping {
    fields.iter().map(|(key, field)| (key.clone(), filled(field, target))).collect()
}

fn filled(value: &Value, target: f64) -> Value {
    match value {
        Value::String(text) if text == PLACEHOLDER => target.into(),
        Value::Sequence(items) => items.iter().map(|item| filled(item, target)).collect(),
        Value::Mapping(fields) => Value::Mapping(with_target(fields, target)),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_filled_and_only_whole_values_count() {
        let entry: Mapping =
            serde_yaml::from_str("{ a: $target, b: [1, { c: $target }], d: x$target, $target: 2 }")
                .unwrap();
        let wanted: Mapping =
            serde_yaml::from_str("{ a: 0.25, b: [1, { c: 0.25 }], d: x$target, $target: 2 }")
                .unwrap();
        let filled = with_target(&entry, 0.25);
        assert_eq!(filled, wanted);
        assert!(mentions_target(&entry.into()));
        assert!(!mentions_target(&filled.into()));
    }
}
