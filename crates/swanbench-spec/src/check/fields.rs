//! All fields of one mapping: which are known, which are missing, and whether each value is right.

use serde_json::{Map, Value as Json};
use serde_yaml::{Mapping, Value as Yaml};

use super::{
    plain::word_of,
    value::{check_value, unknown_key},
};
use crate::{
    path::FieldPath,
    problem::{Findings, Problem},
    schema::{Block, describe},
};

/// The fields that were written, in JSON; none, with findings, where one of them is wrong.
/// `owner` is whose fields they are, as messages call it.
pub(super) fn check_fields(
    written: &Mapping,
    path: &FieldPath,
    owner: &str,
    block: &Block,
    findings: &mut Findings,
) -> Option<Map<String, Json>> {
    let before = findings.len();
    let mut fields = Map::new();
    for (key, value) in written {
        let Some(key) = findings.keep(word_of(key, path)) else {
            continue;
        };
        let path = path.key(key);
        if let Some(schema) = block.field(key) {
            if let Some(value) = check_value(value, &path, schema, findings) {
                fields.insert(key.to_owned(), value);
            }
        } else {
            let known: Vec<&str> = block.names().collect();
            findings.add(unknown_key(&path, owner, key, &known));
        }
    }
    for (name, schema) in block.required() {
        if !written.contains_key(Yaml::from(name)) {
            findings.add(Problem::new(&path.key(name), "is missing").expected(describe(schema)));
        }
    }
    (findings.len() == before).then_some(fields)
}
