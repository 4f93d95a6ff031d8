//! The schemas of an experiment's own fields.

use serde_json::{Value, json};

/// The greatest integer up to which every integer has a floating-point number of its own, 2^53-1:
/// readers of JSON and parquet keep it exact.
const GREATEST_EXACT_INTEGER: u64 = (1 << 53) - 1;

/// What `name` promises to be, in words.
pub(crate) const NAME_RULE: &str = "up to 100 of: letters a-z and A-Z, digits, `-`, `_` and `.`, \
                                    not starting with `.`";

/// An experiment's name, which becomes the name of a folder.
pub(crate) fn name() -> Value {
    json!({
        "description": "Names the folders of results and plots.",
        "type": "string",
        "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*$",
        "maxLength": 100,
    })
}

/// Free text.
pub(crate) fn text(description: &str) -> Value {
    json!({ "description": description, "type": "string" })
}

/// One of `seeds`.
pub(crate) fn seed() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": GREATEST_EXACT_INTEGER })
}

/// One of `targets`.
pub(crate) fn target() -> Value {
    json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1 })
}
