//! The JSON schema of an experiment: for the check, for editors and for documentation.

mod bounds;
mod describe;
mod outline;
mod placeholder;

use serde_json::{Map, Value, json};

pub use self::describe::listed_words;
pub(crate) use self::{
    describe::{allowed_words, describe},
    outline::outline,
};
use crate::{
    ComponentInfo, Vocabulary,
    claim::{Compare, Correlate},
    common::{DataOptions, MethodOptions, ModelOptions},
    component::json_schema,
};

/// Returns the JSON schema (draft 2020-12) of an experiment that uses this vocabulary.
pub fn schema(vocabulary: &Vocabulary) -> Value {
    let data = json_schema::<DataOptions>();
    let model = json_schema::<ModelOptions>();
    let method = json_schema::<MethodOptions>();
    let claims = [json_schema::<Compare>(), json_schema::<Correlate>()];
    let mut schema = outline(vocabulary);
    let fields = &mut schema["properties"];
    fields["data"] = choice(&vocabulary.datasets, |info| component_schema(info, &data));
    fields["model"] = choice(&vocabulary.models, |info| component_schema(info, &model));
    fields["methods"]["items"] = choice(&vocabulary.methods, |info| {
        placeholder::allowed_in_fields(component_schema(info, &method))
    });
    fields["claims"]["items"] =
        json!({ "anyOf": claims.each_ref().map(|claim| mapping_schema(&[claim])) });
    schema
}

/// Allows the bare name of a component, or a mapping with `kind`.
fn choice(infos: &[ComponentInfo], mapping: impl Fn(&ComponentInfo) -> Value) -> Value {
    let names: Vec<&str> = infos.iter().map(|info| info.name).collect();
    let alternatives: Vec<Value> =
        [json!({ "enum": names })].into_iter().chain(infos.iter().map(mapping)).collect();
    json!({ "anyOf": alternatives })
}

/// Returns the schema of a component's mapping: `kind`, the fields of its sort, and its own.
pub(crate) fn component_schema(info: &ComponentInfo, common: &Value) -> Value {
    let kind = json!({ "properties": { "kind": { "const": info.name } }, "required": ["kind"] });
    let mut schema = mapping_schema(&[&kind, common, &info.settings.schema()]);
    schema["description"] = info.summary.into();
    schema
}

/// Returns the schema of a mapping that has the fields of all these schemas, and no others. Bounds
/// of types are completed. Of fields with the same name, the first counts.
pub(crate) fn mapping_schema(schemas: &[&Value]) -> Value {
    let mut properties = Map::new();
    for (name, property) in schemas.iter().filter_map(|one| one["properties"].as_object()).flatten()
    {
        properties.entry(name).or_insert_with(|| bounds::completed(property));
    }
    let required = schemas.iter().filter_map(|one| one["required"].as_array()).flatten();
    json!({
        "type": "object",
        "properties": properties,
        "required": required.collect::<Vec<&Value>>(),
        "additionalProperties": false,
    })
}
