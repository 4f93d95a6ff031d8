//! The JSON schema of a whole experiment, for editors and for documentation.
//!
//! Put together from the same parts against which experiments are checked.

mod block;
mod bounds;
mod describe;
pub(crate) mod parts;
mod placeholder;

use serde_json::{Value, json};

pub(crate) use block::Block;
pub(crate) use describe::{describe, words};

use crate::{
    ComponentInfo, Published, SettingsType, Task, Train, Vocabulary,
    claim::{Compare, Correlate},
    common::{DataOptions, MethodFields, ModelFields},
};

/// The JSON schema (draft 2020-12) of an experiment that uses this vocabulary.
#[must_use]
pub fn schema(vocabulary: &Vocabulary) -> Value {
    let method_fields = SettingsType::of::<MethodFields>();
    let method = choice(&vocabulary.methods, |kind| {
        placeholder::allowed_in_fields(Block::of_kind(kind, &method_fields).schema())
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "experiment",
        "description": "A swanbench experiment: one model on one dataset under several methods.",
        "type": "object",
        "required": ["name", "data", "model", "seeds", "methods"],
        "additionalProperties": false,
        "properties": {
            "name": parts::name(),
            "title": parts::text("One line on what it is about, for readers of the file."),
            "description": parts::text("What the experiment asks."),
            "data": data(vocabulary),
            "model": model(vocabulary),
            "train": Block::of(&SettingsType::of::<Train>()).schema(),
            "phases": {
                "description": "Tasks, one after the other: the first with all of `train`, each later \
                                one with the compressed network.",
                "type": "array", "minItems": 1,
                "items": Block::of(&SettingsType::of::<Task>()).schema(),
            },
            "seeds": {
                "description": "Every method and target is trained once for each seed.",
                "type": "array", "minItems": 1, "uniqueItems": true, "items": parts::seed(),
            },
            "targets": {
                "description": "Shares of units (or weights) to keep.",
                "type": "array", "uniqueItems": true, "items": parts::target(),
            },
            "methods": {
                "description": "What is compared, in the order of the report.",
                "type": "array", "minItems": 1, "items": method,
            },
            "published": {
                "description": "Numbers of a paper, beside which the report sets ours.",
                "type": "array",
                "items": Block::of(&SettingsType::of::<Published>()).schema(),
            },
            "claims": {
                "description": "What the report is to judge.",
                "type": "array",
                "items": { "anyOf": [
                    Block::of(&SettingsType::of::<Compare>()).schema(),
                    Block::of(&SettingsType::of::<Correlate>()).schema(),
                ] },
            },
        },
    })
}

fn data(vocabulary: &Vocabulary) -> Value {
    let fields = SettingsType::of::<DataOptions>();
    choice(&vocabulary.datasets, |kind| Block::of_kind(kind, &fields).schema())
}

fn model(vocabulary: &Vocabulary) -> Value {
    let fields = SettingsType::of::<ModelFields>();
    choice(&vocabulary.models, |kind| Block::of_kind(kind, &fields).schema())
}

/// A kind's bare name, or a mapping with `kind`.
fn choice(kinds: &[ComponentInfo], block: impl Fn(&ComponentInfo) -> Value) -> Value {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    let alternatives: Vec<Value> =
        [json!({ "enum": names })].into_iter().chain(kinds.iter().map(block)).collect();
    json!({ "anyOf": alternatives })
}
