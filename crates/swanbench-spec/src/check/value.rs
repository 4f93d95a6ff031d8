//! One value against its JSON schema, with what is wrong said in words.

use jsonschema::{
    ValidationError,
    error::ValidationErrorKind as Reason,
    paths::{Location, LocationSegment},
};
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

use super::plain::plain;
use crate::{
    nearest::{nearest, one_of},
    path::FieldPath,
    problem::{Findings, Problem},
    quote::{json_noun, quote},
    schema::{describe, words},
};

/// The value in JSON where it is what the schema asks for; none, with findings, where it is not.
pub(super) fn check_value(
    value: &Yaml,
    path: &FieldPath,
    schema: &Json,
    findings: &mut Findings,
) -> Option<Json> {
    let mut obstacles = Findings::default();
    let value = plain(value, path, &mut obstacles);
    findings.extend(obstacles.into_vec().into_iter().map(|problem| {
        let is_the_value = problem.path() == path;
        if is_the_value { problem.expected(describe(schema)) } else { problem }
    }));
    let value = value?;
    let validator = jsonschema::validator_for(schema).expect("the schema of a setting is valid");
    let mut problems: Vec<Problem> = Vec::new();
    for error in validator.iter_errors(&value) {
        for problem in in_words(&error, path, schema) {
            // One value that breaks two rules is still one mistake.
            if !problems.iter().any(|earlier| earlier.path() == problem.path()) {
                problems.push(problem);
            }
        }
    }
    let passed = problems.is_empty();
    findings.extend(problems);
    passed.then_some(value)
}

fn in_words(error: &ValidationError, path: &FieldPath, schema: &Json) -> Vec<Problem> {
    let path = descend(path, error.instance_path());
    let value = error.instance();
    let broken = broken_part(schema, error.schema_path());
    let problem = |message: String| Problem::new(&path, message).expected(describe(broken));
    match error.kind() {
        Reason::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|key| unknown_key(&path.key(key), "this mapping", key, &fields_of(broken)))
            .collect(),
        Reason::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let expected = describe(&broken["properties"][name]);
            vec![Problem::new(&path.key(name), "is missing").expected(expected)]
        }
        Reason::Type { .. } => vec![problem(format!("{} is {}", quote(value), json_noun(value)))],
        Reason::Minimum { .. }
        | Reason::Maximum { .. }
        | Reason::ExclusiveMinimum { .. }
        | Reason::ExclusiveMaximum { .. } => {
            vec![problem(format!("{} is out of range", quote(value)))]
        }
        Reason::MinItems { .. } | Reason::MaxItems { .. } => {
            let count = value.as_array().map_or(0, Vec::len);
            vec![problem(match count {
                0 => "the list is empty".to_owned(),
                1 => "the list has 1 item".to_owned(),
                several => format!("the list has {several} items"),
            })]
        }
        Reason::MinLength { .. } if value.as_str() == Some("") => {
            vec![problem("the text is empty".to_owned())]
        }
        Reason::Enum { .. }
        | Reason::Constant { .. }
        | Reason::AnyOf { .. }
        | Reason::OneOfNotValid { .. } => vec![unknown_word(value, broken, problem)],
        _ => vec![problem(format!("{} is not allowed", quote(value)))],
    }
}

/// A value that is none of a list of alternatives, which mostly are words.
fn unknown_word(value: &Json, schema: &Json, problem: impl Fn(String) -> Problem) -> Problem {
    let words = words(schema);
    match value {
        Json::String(word) if !words.is_empty() => {
            problem(format!("unknown word {}", quote(value))).nearest(nearest(word, words))
        }
        _ if !words.is_empty() => problem(format!("{} is {}", quote(value), json_noun(value))),
        _ => problem(format!("{} is not allowed", quote(value))),
    }
}

/// A key that its mapping does not have.
pub(super) fn unknown_key(path: &FieldPath, owner: &str, key: &str, known: &[&str]) -> Problem {
    let known = known.iter().copied();
    Problem::new(path, format!("{owner} has no field {}", quote(&key.into())))
        .at_key()
        .expected(one_of(known.clone()))
        .nearest(nearest(key, known))
}

fn fields_of(schema: &Json) -> Vec<&str> {
    let fields = schema["properties"].as_object();
    fields.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

fn descend(path: &FieldPath, location: &Location) -> FieldPath {
    location.segments().fold(path.clone(), |path, segment| match segment {
        LocationSegment::Property(name) => path.key(&name),
        LocationSegment::Index(index) => path.index(index),
    })
}

/// The part of the schema that holds the keyword which the value breaks.
fn broken_part<'schema>(schema: &'schema Json, keyword: &Location) -> &'schema Json {
    let pointer = keyword.as_str();
    let holder = pointer.rsplit_once('/').map_or("", |(holder, _)| holder);
    schema.pointer(holder).unwrap_or(schema)
}
