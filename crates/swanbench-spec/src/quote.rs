//! Values as messages show them.

use serde_json::Value;

/// Longer values are cut, so that a message stays readable.
const LONGEST: usize = 60;

/// Returns the value between backticks: text bare, all else as JSON in one line.
pub(crate) fn quote(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.escape_debug().to_string(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return format!("`{text}`");
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("`{start}...`")
}

/// Names the type of a value, with its article.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        // JSON has no such numbers, so they are read as text.
        Value::String(text)
            if [".inf", "+.inf", "-.inf", ".nan"].contains(&text.to_lowercase().as_str()) =>
        {
            "not a finite number"
        }
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_is_bare_and_the_rest_is_json() {
        assert_eq!(quote(&json!("unit")), "`unit`");
        assert_eq!(quote(&json!("two\nlines")), "`two\\nlines`");
        assert_eq!(quote(&json!([1, "a", { "b": null }])), "`[1,\"a\",{\"b\":null}]`");
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(quote(&json!("é".repeat(61))), format!("`{}...`", "é".repeat(60)));
        assert_eq!(quote(&json!("é".repeat(60))), format!("`{}`", "é".repeat(60)));
    }
}
