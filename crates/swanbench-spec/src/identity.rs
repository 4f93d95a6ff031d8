//! The id of a run: a hash of everything that changes its result, and of nothing else.
//!
//! Settings that equal their default are left out, so that a setting that is added later, with a
//! default that keeps the old behaviour, changes no id. A dataset, a model and a method take part
//! with their revision, and given weights with their checksum. Labels, the names of experiment and file, comments and the order of keys
//! do not take part.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{
    ComponentConfig, ComponentInfo, RunSpec, Train,
    common::{MethodFields, ModelFields},
};

/// How many bytes of the hash an id shows, two hexadecimal digits each.
const BYTES: usize = 8;

/// The kinds that a run uses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kinds<'vocabulary> {
    pub data: &'vocabulary ComponentInfo,
    pub model: &'vocabulary ComponentInfo,
    pub method: &'vocabulary ComponentInfo,
}

/// The id of the run, which does not depend on the id and the label that it has.
pub(crate) fn id(run: &RunSpec, kinds: Kinds) -> String {
    let weights = run.weights.as_ref().map(|weights| weights.checksum.clone());
    let model = ModelFields { width: run.model_width, weights };
    let method = MethodFields { width: run.width, ..MethodFields::default() };
    let mut whole = json!({
        "data": block(kinds.data, &run.data, &run.data_options),
        "model": block(kinds.model, &run.model, &model),
        "method": block(kinds.method, &run.method, &method),
        "train": changed(&to_json(&run.train), &to_json(&Train::default())),
        "target": run.target,
        "seed": run.seed,
    });
    if !run.phases.is_empty() {
        whole["phases"] = to_json(&run.phases);
    }
    whole.sort_all_objects();
    let hash = Sha256::digest(whole.to_string());
    hexadecimal(&hash[..BYTES])
}

/// Two digits a byte.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text takes all writes");
        text
    })
}

fn block<Common: Default + Serialize>(
    kind: &ComponentInfo,
    choice: &ComponentConfig,
    common: &Common,
) -> Value {
    json!({
        "kind": choice.kind,
        "revision": kind.revision,
        "settings": changed(&choice.settings, &kind.settings.defaults()),
        "common": changed(&to_json(common), &to_json(&Common::default())),
    })
}

/// The fields, at any depth, that differ from their default. A field that only the default has
/// stands as null.
fn changed(value: &Value, default: &Value) -> Value {
    let (Value::Object(fields), Value::Object(defaults)) = (value, default) else {
        return value.clone();
    };
    let own = fields.iter().filter(|(name, field)| defaults.get(*name) != Some(field)).map(
        |(name, field)| {
            (
                name.clone(),
                defaults.get(name).map_or(field.clone(), |default| changed(field, default)),
            )
        },
    );
    let missing = defaults.keys().filter(|name| !fields.contains_key(*name));
    let missing = missing.map(|name| (name.clone(), Value::Null));
    Value::Object(own.chain(missing).collect::<Map<String, Value>>())
}

fn to_json(fields: &(impl Serialize + ?Sized)) -> Value {
    serde_json::to_value(fields).expect("fields are plain data")
}
