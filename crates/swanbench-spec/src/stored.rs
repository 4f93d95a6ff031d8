//! Settings as a program that has their type wrote them down, for one that has not.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Enough to check an experiment: every bound that the checker knows stands in the schema.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredSettings {
    pub schema: Value,
    pub defaults: Value,
}

impl StoredSettings {
    /// What was written, with the defaults of what was not.
    pub fn resolve(&self, written: &Value) -> Value {
        filled(written, &self.defaults)
    }
}

/// `written` in the form of `default`: with its fields, and with its kind of number.
fn filled(written: &Value, default: &Value) -> Value {
    match (written, default) {
        (Value::Object(written), Value::Object(default)) => {
            let mut all = default.clone();
            for (name, value) in written {
                let value = default.get(name).map_or_else(|| value.clone(), |of| filled(value, of));
                all.insert(name.clone(), value);
            }
            Value::Object(all)
        }
        (Value::Number(number), Value::Number(default)) if default.is_f64() => {
            number.as_f64().map_or_else(|| written.clone(), Value::from)
        }
        _ => written.clone(),
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde_json::json;

    use super::*;
    use crate::SettingsType;

    #[derive(Default, Serialize, Deserialize, JsonSchema)]
    #[serde(default)]
    struct Outer {
        weight: f64,
        count: u32,
        word: Option<String>,
        inner: Inner,
    }

    #[derive(Default, Serialize, Deserialize, JsonSchema)]
    #[serde(default)]
    struct Inner {
        start: f64,
        end: f64,
    }

    #[test]
    fn what_was_stored_says_the_same_as_the_type() {
        let typed = SettingsType::of::<Outer>();
        let text = serde_json::to_string(&typed).unwrap();
        let stored: SettingsType = serde_json::from_str(&text).unwrap();
        assert_eq!(stored.schema(), typed.schema());
        assert_eq!(stored.defaults(), typed.defaults());
        for written in [
            json!({}),
            json!({ "weight": 2, "count": 3 }),
            json!({ "word": "yes", "inner": { "end": 1 } }),
        ] {
            assert_eq!(stored.resolve(&written), typed.resolve(&written));
        }
    }
}
