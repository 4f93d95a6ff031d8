//! The fields of one mapping of an experiment, each with its JSON schema.

use serde_json::{Map, Value, json};

use super::bounds;
use crate::{ComponentInfo, SettingsType};

/// The fields of one mapping, in the order in which messages list them.
#[derive(Debug, Default)]
pub(crate) struct Block {
    description: String,
    fields: Vec<(String, Value)>,
    required: Vec<String>,
}

impl Block {
    /// The fields of the settings.
    pub(crate) fn of(settings: &SettingsType) -> Self {
        let mut block = Self::default();
        block.add(&settings.schema());
        block
    }

    /// `kind`, the fields that all kinds of its sort have, and the kind's own.
    pub(crate) fn of_kind(kind: &ComponentInfo, common: &SettingsType) -> Self {
        let mut block = Self {
            description: kind.summary.to_owned(),
            fields: vec![("kind".to_owned(), json!({ "const": kind.name }))],
            required: vec!["kind".to_owned()],
        };
        block.add(&common.schema());
        block.add(&kind.settings.schema());
        block
    }

    fn add(&mut self, schema: &Value) {
        let properties = schema["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            if self.field(name).is_none() {
                let mut property = property.clone();
                bounds::complete(&mut property);
                self.fields.push((name.clone(), property));
            }
        }
        let required = schema["required"].as_array().into_iter().flatten();
        self.required.extend(required.filter_map(Value::as_str).map(str::to_owned));
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, schema)| schema)
    }

    /// The fields that have no default, with their schemas.
    pub(crate) fn required(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.required.iter().filter_map(|name| Some((name.as_str(), self.field(name)?)))
    }

    /// The whole mapping as one schema.
    pub(crate) fn schema(&self) -> Value {
        let properties: Map<String, Value> = self.fields.iter().cloned().collect();
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "required": self.required,
            "additionalProperties": false,
        });
        if !self.description.is_empty() {
            schema["description"] = self.description.as_str().into();
        }
        schema
    }
}
