//! One value against its JSON schema, with what is wrong said in words.

use jsonschema::{
    ValidationError,
    error::ValidationErrorKind as Reason,
    paths::{Location, LocationSegment},
};
use serde_json::Value;

use crate::{
    nearest::{nearest, one_of},
    path::FieldPath,
    problem::Problem,
    quote::{quote, type_name},
    schema::{allowed_words, describe},
};

/// Lists what the schema does not allow, at most one problem for each field.
pub(crate) fn check_value(value: &Value, path: &FieldPath, schema: &Value) -> Vec<Problem> {
    let validator = jsonschema::validator_for(schema).expect("the schema of a setting is valid");
    let mut problems: Vec<Problem> = Vec::new();
    for problem in validator.iter_errors(value).flat_map(|error| in_words(&error, path, schema)) {
        // One value that breaks two rules is still one mistake.
        if !problems.iter().any(|earlier| earlier.path() == problem.path()) {
            problems.push(problem);
        }
    }
    problems
}

fn in_words(error: &ValidationError, path: &FieldPath, schema: &Value) -> Vec<Problem> {
    let path = descend(path, error.instance_path());
    let value = error.instance();
    let broken = broken_part(schema, error.schema_path());
    let message = match error.kind() {
        Reason::AdditionalProperties { unexpected } => {
            return unexpected.iter().map(|key| unknown_key(&path, key, broken)).collect();
        }
        Reason::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let expected = describe(&broken["properties"][name]);
            return vec![Problem::new(&path.key(name), "is missing").expected(expected)];
        }
        Reason::UniqueItems => return repeated_items(value, &path),
        Reason::Enum { .. }
        | Reason::Constant { .. }
        | Reason::AnyOf { .. }
        | Reason::OneOfNotValid { .. } => return vec![unknown_word(value, &path, broken)],
        Reason::Type { .. } => wrong_type(value),
        Reason::Minimum { .. }
        | Reason::Maximum { .. }
        | Reason::ExclusiveMinimum { .. }
        | Reason::ExclusiveMaximum { .. } => format!("{} is out of range", quote(value)),
        Reason::MinItems { .. } | Reason::MaxItems { .. } => {
            match value.as_array().map_or(0, Vec::len) {
                0 => "the list is empty".to_owned(),
                1 => "the list has 1 item".to_owned(),
                several => format!("the list has {several} items"),
            }
        }
        Reason::MinLength { .. } if value.as_str() == Some("") => "the text is empty".to_owned(),
        _ => format!("{} is not allowed", quote(value)),
    };
    let way = way_to_write(value, broken).map(|way| format!(", written {way}"));
    let expected = describe(broken) + &way.unwrap_or_default();
    vec![Problem::new(&path, message).expected(expected)]
}

fn wrong_type(value: &Value) -> String {
    match value {
        Value::Null => "is empty".to_owned(),
        other => format!("{} is {}", quote(other), type_name(other)),
    }
}

/// Says how to write what was probably meant by a value of the wrong type. YAML 1.1, which other
/// programs write, has more numbers than YAML 1.2.
fn way_to_write(value: &Value, schema: &Value) -> Option<&'static str> {
    let expects = |kind: &str| match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|own| own == kind),
        own => own == kind,
    };
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    let is_too_large = |text: &str| text.parse::<f64>().is_ok_and(f64::is_infinite);
    match value {
        Value::Number(_) | Value::Bool(_) if expects("string") && schema["enum"].is_null() => {
            Some("in quotes")
        }
        Value::String(text) if expects("number") || expects("integer") => {
            let digits = text.trim_start_matches(['+', '-']);
            match digits {
                _ if is_too_large(text) => Some("as a number of at most 1.7e308"),
                _ if is_number(text) => Some("without quotes or a leading zero"),
                _ if is_number(&digits.replace('_', "")) => Some("without underscores"),
                _ if is_number(&digits.replace(',', ".")) => Some("with a decimal point"),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Explains a value that is none of a list of alternatives, which mostly are words.
fn unknown_word(value: &Value, path: &FieldPath, schema: &Value) -> Problem {
    let words = allowed_words(schema);
    let problem = |message| Problem::new(path, message).expected(describe(schema));
    match value {
        Value::String(word) if !words.is_empty() => {
            problem(format!("unknown word {}", quote(value))).nearest(nearest(word, words))
        }
        _ if !words.is_empty() => problem(wrong_type(value)),
        _ => problem(format!("{} is not allowed", quote(value))),
    }
}

/// Explains a key that its mapping does not have.
fn unknown_key(mapping: &FieldPath, key: &str, schema: &Value) -> Problem {
    let known = schema["properties"].as_object().into_iter().flatten();
    let known = known.map(|(name, _)| name.as_str());
    Problem::new(&mapping.key(key), format!("unknown field {}", quote(&key.into())))
        .at_key()
        .expected(one_of(known.clone()))
        .nearest(nearest(key, known))
}

fn repeated_items(list: &Value, path: &FieldPath) -> Vec<Problem> {
    let items = list.as_array().map_or(&[][..], Vec::as_slice);
    let numbered = items.iter().enumerate();
    let repeated = numbered.filter(|(index, item)| items[..*index].contains(item));
    repeated
        .map(|(index, item)| {
            Problem::new(&path.index(index), format!("{} is repeated", quote(item)))
                .expected("each item once")
        })
        .collect()
}

fn descend(path: &FieldPath, location: &Location) -> FieldPath {
    location.segments().fold(path.clone(), |path, segment| match segment {
        LocationSegment::Property(name) => path.key(&name),
        LocationSegment::Index(index) => path.index(index),
    })
}

/// Returns the part of the schema that holds the keyword which the value breaks.
fn broken_part<'schema>(schema: &'schema Value, keyword: &Location) -> &'schema Value {
    let pointer = keyword.as_str();
    let holder = pointer.rsplit_once('/').map_or("", |(holder, _)| holder);
    schema.pointer(holder).unwrap_or(schema)
}
