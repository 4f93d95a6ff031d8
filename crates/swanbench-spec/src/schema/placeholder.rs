//! `$target` as a value of every field of a method entry.

use serde_json::{Value, json};

use crate::target::PLACEHOLDER;

/// Allows the placeholder for every value of a method entry, at any depth, except for `kind`.
pub(crate) fn allowed_in_fields(mut block: Value) -> Value {
    for (name, field) in block["properties"].as_object_mut().into_iter().flatten() {
        if name != "kind" {
            *field = allowed(field.take());
        }
    }
    block
}

fn allowed(mut schema: Value) -> Value {
    for holder in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get_mut(holder).filter(|inner| inner.is_object()) {
            *inner = allowed(inner.take());
        }
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(|fields| fields.values_mut()) {
        *property = allowed(property.take());
    }
    // Editors show the description of the outermost schema.
    let description = schema.get("description").cloned();
    let mut either = json!({ "anyOf": [schema, { "const": PLACEHOLDER }] });
    if let Some(description) = description {
        either["description"] = description;
    }
    either
}
