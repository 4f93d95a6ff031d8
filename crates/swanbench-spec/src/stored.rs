//! Settings that a program with their type has written down, for one without.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Settings without their type. The schema holds every bound that the check knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredSettings {
    pub schema: Value,
    pub defaults: Value,
}

impl StoredSettings {
    /// Adds the defaults of what was not written.
    pub fn resolve(&self, written: &Value) -> Value {
        filled(written, &self.defaults)
    }
}

/// Completes `written` with the fields of `default`, and takes its type of number.
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
    fn stored_settings_equal_their_type() {
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
