//! JSON schemas in words, for the line `expected:` of a message.

use serde_json::Value;

use crate::nearest::one_of;

/// The keyword that holds what a value must be in words, if the other keywords would say too
/// little.
pub(super) const EXPECTED: &str = "x-expected";

/// Describes what the schema asks for, such as `an integer from 1 to 10` or `one of unit, weight`.
pub(crate) fn describe(schema: &Value) -> String {
    if let Some(expected) = schema[EXPECTED].as_str() {
        return expected.to_owned();
    }
    let words = allowed_words(schema);
    if !words.is_empty() {
        let choice = one_of(words);
        return if allows_null(schema) { format!("{choice}, or null") } else { choice };
    }
    let texts: Vec<String> = alternatives(schema).map(describe).collect();
    if !texts.is_empty() {
        return texts.join(", or ");
    }
    match &schema["type"] {
        Value::String(name) => of_type(name, schema),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str);
            let texts: Vec<String> = names.map(|name| of_type(name, schema)).collect();
            texts.join(", or ")
        }
        _ => "another value".to_owned(),
    }
}

/// Lists the words that a JSON schema names, in all of its alternatives.
pub fn listed_words(schema: &Value) -> Vec<&str> {
    let listed = schema["enum"].as_array().into_iter().flatten();
    let words = [&schema["const"]].into_iter().chain(listed).filter_map(Value::as_str);
    words.chain(alternatives(schema).flat_map(listed_words)).collect()
}

/// Lists the words that the schema allows; none if it allows anything else but null.
pub(crate) fn allowed_words(schema: &Value) -> Vec<&str> {
    if allows_only_words(schema) { listed_words(schema) } else { Vec::new() }
}

fn allows_only_words(schema: &Value) -> bool {
    let mut not_null = alternatives(schema).filter(|one| one["type"] != "null").peekable();
    schema["const"].is_string()
        || schema["enum"].is_array()
        || (not_null.peek().is_some() && not_null.all(allows_only_words))
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten()
}

fn allows_null(schema: &Value) -> bool {
    let listed = schema["enum"].as_array().is_some_and(|items| items.contains(&Value::Null));
    listed || alternatives(schema).any(|one| one["type"] == "null")
}

fn of_type(name: &str, schema: &Value) -> String {
    match name {
        "integer" => format!("an integer{}", range(schema)),
        "number" => format!("a number{}", range(schema)),
        "boolean" => "true or false".to_owned(),
        "string" if schema["minLength"].as_u64().is_some_and(|least| least > 0) => {
            "text that is not empty".to_owned()
        }
        "string" => "text".to_owned(),
        "array" => list(schema),
        "object" => match schema["properties"].as_object() {
            Some(fields) if !fields.is_empty() => {
                let names: Vec<&str> = fields.keys().map(String::as_str).collect();
                format!("a mapping of {}", names.join(", "))
            }
            _ => "a mapping".to_owned(),
        },
        other => other.to_owned(),
    }
}

fn list(schema: &Value) -> String {
    let least = schema["minItems"].as_u64().unwrap_or(0);
    let greatest = schema["maxItems"].as_u64();
    let count = match (least, greatest) {
        (least, Some(greatest)) if least == greatest => format!(" of {least}"),
        (0, Some(greatest)) => format!(" of at most {greatest}"),
        (least, Some(greatest)) => format!(" of {least} to {greatest}"),
        (0, None) => String::new(),
        (least, None) => format!(" of at least {least}"),
    };
    match schema.get("items").filter(|items| items.is_object()) {
        Some(items) => format!("a list{count}, each item {}", describe(items)),
        None => format!("a list{count}"),
    }
}

fn range(schema: &Value) -> String {
    let bound = |keyword: &str| schema[keyword].as_f64();
    let (least, above) = (bound("minimum"), bound("exclusiveMinimum"));
    let (greatest, below) = (bound("maximum"), bound("exclusiveMaximum"));
    match (least, above, greatest, below) {
        (_, Some(above), Some(greatest), _) => format!(" above {above}, up to {greatest}"),
        (_, Some(above), None, Some(below)) => format!(" above {above} and below {below}"),
        (_, Some(above), None, None) => format!(" above {above}"),
        (Some(least), None, Some(greatest), _) => format!(" from {least} to {greatest}"),
        (Some(least), None, None, Some(below)) => format!(" from {least}, below {below}"),
        (Some(least), None, None, None) => format!(" of at least {least}"),
        (None, None, Some(greatest), _) => format!(" of at most {greatest}"),
        (None, None, None, Some(below)) => format!(" below {below}"),
        (None, None, None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_described_with_their_bounds() {
        let number = |schema| describe(&schema);
        assert_eq!(
            number(json!({ "type": "integer", "minimum": 1, "maximum": 10 })),
            "an integer from 1 to 10"
        );
        assert_eq!(
            number(json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 0.5 })),
            "a number above 0, up to 0.5"
        );
        assert_eq!(
            number(json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 })),
            "a number from 0, below 1"
        );
        assert_eq!(
            number(json!({ "type": ["integer", "null"], "minimum": 1 })),
            "an integer of at least 1, or null"
        );
    }

    #[test]
    fn words_are_found_in_every_form_of_a_schema() {
        let documented = json!({ "oneOf": [
            { "type": "string", "enum": ["constant", "linear"] },
            { "type": "string", "const": "cosine", "description": "Half a cosine." },
        ] });
        assert_eq!(describe(&documented), "one of constant, linear, cosine");
        let optional = json!({ "anyOf": [documented, { "type": "null" }] });
        assert_eq!(allowed_words(&optional), ["constant", "linear", "cosine"]);
        assert_eq!(describe(&optional), "one of constant, linear, cosine, or null");
    }

    #[test]
    fn a_word_among_other_values_is_no_closed_list() {
        let mixed = json!({ "anyOf": [{ "const": "auto" }, { "type": "integer", "minimum": 1 }] });
        assert!(allowed_words(&mixed).is_empty());
        assert_eq!(listed_words(&mixed), ["auto"]);
        assert_eq!(describe(&mixed), "`auto`, or an integer of at least 1");
    }

    #[test]
    fn lists_say_how_many_of_what() {
        let items = json!({ "type": "integer", "minimum": 1 });
        assert_eq!(
            describe(&json!({ "type": "array", "minItems": 1, "items": items })),
            "a list of at least 1, each item an integer of at least 1"
        );
        assert_eq!(
            describe(&json!({ "type": "array", "minItems": 2, "maxItems": 2 })),
            "a list of 2"
        );
    }
}
