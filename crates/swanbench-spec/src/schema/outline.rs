//! The schema of an experiment's own fields.

use serde_json::{Value, json};

use super::{describe::EXPECTED, mapping_schema};
use crate::{
    BudgetKind, ComponentInfo, Keep, Latency, Launcher, Published, Task, Train, Vocabulary,
    component::json_schema, nearest::one_of, target::target_schema,
};

/// The greatest integer up to which every integer has a floating-point number of its own, 2^53-1:
/// readers of JSON and parquet keep it exact.
const GREATEST_EXACT_INTEGER: u64 = (1 << 53) - 1;

/// What `name` promises to be, in words.
const NAME_RULE: &str =
    "up to 100 of: letters a-z and A-Z, digits, `-`, `_` and `.`, not starting with `.`";

/// Returns the schema of an experiment, except for what its components and claims contain.
pub(crate) fn outline(vocabulary: &Vocabulary) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "experiment",
        "description": "A swanbench experiment: one model on one dataset under several methods.",
        "type": "object",
        "required": ["name", "data", "model", "seeds", "methods"],
        "additionalProperties": false,
        "properties": {
            "name": {
                "description": "Names the folders of results and plots.",
                "type": "string",
                "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*$",
                "maxLength": 100,
                EXPECTED: NAME_RULE,
            },
            "title": {
                "description": "One line on what it is about, for readers of the file.",
                "type": "string",
            },
            "description": { "description": "What the experiment asks.", "type": "string" },
            "data": component("a dataset", &vocabulary.datasets),
            "model": component("a model", &vocabulary.models),
            "train": mapping_schema(&[&json_schema::<Train>()]),
            "phases": {
                "description": "Tasks, one after the other: the first with all of `train`, each \
                                later one with the compressed network.",
                "type": "array", "minItems": 1,
                "items": mapping_schema(&[&json_schema::<Task>()]),
            },
            "seeds": {
                "description": "Every method and target is trained once for each seed.",
                "type": "array", "minItems": 1, "uniqueItems": true,
                "items": { "type": "integer", "minimum": 0, "maximum": GREATEST_EXACT_INTEGER },
            },
            "budget": json_schema::<BudgetKind>(),
            "keep": json_schema::<Keep>(),
            "latency": mapping_schema(&[&json_schema::<Latency>()]),
            "launcher": mapping_schema(&[&json_schema::<Launcher>()]),
            "targets": {
                "description": "Shares of the budget that may be used.",
                "type": "array", "uniqueItems": true, "items": target_schema(),
            },
            "methods": {
                "description": "What is compared, in the order of the report.",
                "type": "array", "minItems": 1,
                "items": { EXPECTED: "a method's name or a mapping with `kind`" },
            },
            "published": {
                "description": "Numbers of a paper, which the report shows next to ours.",
                "type": "array",
                "items": mapping_schema(&[&json_schema::<Published>()]),
            },
            "claims": {
                "description": "What the report is to judge.",
                "type": "array",
                "items": {
                    "type": "object",
                    EXPECTED: "a mapping with `id`, `compare` or `correlate`, and `expect`",
                },
            },
        },
    })
}

fn component(sort: &str, infos: &[ComponentInfo]) -> Value {
    let names = one_of(infos.iter().map(|info| info.name));
    json!({ EXPECTED: format!("{sort}: {names}") })
}
