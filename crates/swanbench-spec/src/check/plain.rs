//! YAML values as JSON, which is what settings are made of.

use serde_json::{Map, Number, Value as Json};
use serde_yaml::Value as Yaml;

use crate::{
    path::FieldPath,
    problem::{Findings, Problem},
    quote::type_name,
};

/// Up to here every integer has a floating-point number of its own: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The same value in JSON; none, with a finding for each obstacle, where JSON cannot say it.
/// A number without a fraction becomes an integer, so that `20.0` and `2e1` are 20.
pub(super) fn plain(value: &Yaml, path: &FieldPath, findings: &mut Findings) -> Option<Json> {
    match value {
        Yaml::Null => Some(Json::Null),
        Yaml::Bool(truth) => Some(Json::Bool(*truth)),
        Yaml::Number(number) => plain_number(number, path, findings),
        Yaml::String(text) => Some(Json::String(text.clone())),
        Yaml::Sequence(items) => {
            let items: Vec<Option<Json>> = items
                .iter()
                .enumerate()
                .map(|(index, item)| plain(item, &path.index(index), findings))
                .collect();
            items.into_iter().collect::<Option<Vec<Json>>>().map(Json::Array)
        }
        Yaml::Mapping(fields) => {
            let fields: Vec<Option<(String, Json)>> = fields
                .iter()
                .map(|(key, value)| {
                    let key = findings.keep(word_of(key, path))?;
                    let value = plain(value, &path.key(key), findings)?;
                    Some((key.to_owned(), value))
                })
                .collect();
            fields.into_iter().collect::<Option<Map<String, Json>>>().map(Json::Object)
        }
        Yaml::Tagged(tagged) => {
            let message = format!("the tag `{}` has no meaning here", tagged.tag);
            findings.add(Problem::new(path, message));
            None
        }
    }
}

/// The key of a mapping as a word.
pub(super) fn word_of<'key>(key: &'key Yaml, path: &FieldPath) -> Result<&'key str, Problem> {
    if let Yaml::String(word) = key {
        return Ok(word);
    }
    let scalar = match key {
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(truth) => Some(truth.to_string()),
        _ => None,
    };
    let problem = match scalar {
        Some(text) => {
            Problem::new(&path.key(&text), format!("the key `{text}` is not text")).at_key()
        }
        None => Problem::new(path, format!("a key is {}", type_name(key))),
    };
    Err(problem.expected("a word as key"))
}

fn plain_number(
    number: &serde_yaml::Number,
    path: &FieldPath,
    findings: &mut Findings,
) -> Option<Json> {
    if let Some(integer) = number.as_u64() {
        return Some(integer.into());
    }
    if let Some(integer) = number.as_i64() {
        return Some(integer.into());
    }
    let float = number.as_f64().filter(|float| float.is_finite());
    let Some(float) = float else {
        let message = format!("`{number}` is not a finite number");
        findings.add(Problem::new(path, message));
        return None;
    };
    if float.fract() == 0.0 && float.abs() <= EXACT {
        return Some((float as i64).into());
    }
    Number::from_f64(float).map(Json::Number)
}
