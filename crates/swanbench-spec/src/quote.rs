//! Values as messages show them.

use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

/// Longer values are cut, so that a message stays readable.
const LONGEST: usize = 60;

/// The value between backticks: text bare, all else as JSON in one line.
pub(crate) fn quote(value: &Json) -> String {
    let text = match value {
        Json::String(text) => text.escape_debug().to_string(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return format!("`{text}`");
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("`{start}...`")
}

/// What sort of value it is, with its article.
pub(crate) fn type_name(value: &Yaml) -> &'static str {
    match value {
        Yaml::Null => "empty",
        Yaml::Bool(_) => "true or false",
        Yaml::Number(_) => "a number",
        Yaml::String(_) => "text",
        Yaml::Sequence(_) => "a list",
        Yaml::Mapping(_) => "a mapping",
        Yaml::Tagged(_) => "a tagged value",
    }
}

/// The same for JSON, where a fraction is told apart.
pub(crate) fn json_noun(value: &Json) -> &'static str {
    match value {
        Json::Null => "empty",
        Json::Bool(_) => "true or false",
        Json::Number(number) if number.is_f64() => "a number with a fraction",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a mapping",
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
