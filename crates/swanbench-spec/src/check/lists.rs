//! The lists `seeds` and `targets`, and what all lists have in common.

use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

use super::value::check_value;
use crate::{
    path::FieldPath,
    problem::{Findings, Problem},
    quote::{quote, type_name},
    schema::{describe, parts},
};

/// The seeds that are right; at least one and each only once, or there is a finding.
pub(super) fn check_seeds(written: Option<&Yaml>, findings: &mut Findings) -> Vec<u64> {
    let path = FieldPath::default().key("seeds");
    let schema = parts::seed();
    let expected = format!("a list of at least 1, each item {}", describe(&schema));
    let Some(written) = written else {
        findings.add(Problem::new(&path, "is missing").expected(expected));
        return Vec::new();
    };
    if written.as_sequence().is_some_and(Vec::is_empty) {
        findings.add(Problem::new(&path, "the list is empty").expected(expected));
    }
    let seeds = check_items(written, &path, &schema, "seed", findings);
    seeds.iter().filter_map(Json::as_u64).collect()
}

/// The targets that are right, each only once, or there is a finding. The list may be left out.
pub(super) fn check_targets(written: Option<&Yaml>, findings: &mut Findings) -> Vec<f64> {
    let path = FieldPath::default().key("targets");
    let targets = written
        .map(|written| check_items(written, &path, &parts::target(), "target", findings))
        .unwrap_or_default();
    targets.iter().filter_map(Json::as_f64).collect()
}

/// The items of a list that may be left out; anything but a list is a finding.
pub(super) fn items_of<'a>(
    written: Option<&'a Yaml>,
    path: &FieldPath,
    expected: &str,
    findings: &mut Findings,
) -> &'a [Yaml] {
    match written {
        None => &[],
        Some(Yaml::Sequence(items)) => items,
        Some(other) => {
            findings.add(Problem::new(path, format!("is {}", type_name(other))).expected(expected));
            &[]
        }
    }
}

fn check_items(
    written: &Yaml,
    path: &FieldPath,
    schema: &Json,
    item: &str,
    findings: &mut Findings,
) -> Vec<Json> {
    let expected = format!("a list, each item {}", describe(schema));
    let items = items_of(Some(written), path, &expected, findings);
    let mut kept: Vec<Json> = Vec::new();
    for (index, value) in items.iter().enumerate() {
        let path = path.index(index);
        let Some(value) = check_value(value, &path, schema, findings) else {
            continue;
        };
        if kept.contains(&value) {
            let message = format!("the {item} {} stands here a second time", quote(&value));
            findings.add(Problem::new(&path, message).expected(format!("each {item} once")));
        } else {
            kept.push(value);
        }
    }
    kept
}
