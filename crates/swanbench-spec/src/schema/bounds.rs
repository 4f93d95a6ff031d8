//! Bounds that a Rust type has but that its JSON schema leaves out.

use serde_json::{Value, json};

/// Adds to every integer in the schema the bounds of its type, unless it has narrower ones.
/// Types of 64 bits get those up to which floating-point numbers are exact.
pub(super) fn completed(schema: &Value) -> Value {
    let mut schema = schema.clone();
    complete(&mut schema);
    schema
}

fn complete(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(complete),
        Value::Object(keywords) => {
            if let Some((least, greatest)) = keywords.get("format").and_then(of_format) {
                keywords.entry("minimum").or_insert(json!(least));
                keywords.entry("maximum").or_insert(json!(greatest));
            }
            keywords.values_mut().for_each(complete);
        }
        _ => {}
    }
}

fn of_format(format: &Value) -> Option<(i64, i64)> {
    const EXACT: i64 = (1 << 53) - 1;
    Some(match format.as_str()? {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" | "int" => (-EXACT, EXACT),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" | "uint" => (0, EXACT),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_added_at_any_depth_or_kept() {
        let schema = completed(&json!({
            "type": "array",
            "maximum": 9,
            "items": { "anyOf": [
                { "type": "integer", "format": "uint32", "minimum": 1 },
                { "type": "integer", "format": "int8", "maximum": 5 },
                { "type": "number", "format": "double" },
            ] },
        }));
        let alternatives = &schema["items"]["anyOf"];
        assert_eq!(alternatives[0]["minimum"], 1);
        assert_eq!(alternatives[0]["maximum"], 4_294_967_295_u32);
        assert_eq!(alternatives[1]["minimum"], -128);
        assert_eq!(alternatives[1]["maximum"], 5);
        assert!(alternatives[2].get("minimum").is_none());
    }
}
