//! The id of a run: a hash of everything that changes its result, and of nothing else.
//!
//! Settings that equal their default are left out, so that a setting that is added later, with a
//! default that keeps the old behaviour, changes no id. A dataset, a model and a method take part
//! with their revision, and given weights with their checksum. Labels, the names of experiment and
//! file, comments and the order of keys do not take part. The training loop and the cost model have
//! revisions too.

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{
    ComponentConfig, ComponentInfo, RunSpec, Train,
    common::{MethodOptions, ModelOptions},
};

/// Changes when the training loop (`swanbench-train`) computes other results.
const LOOP_REVISION: u32 = 3;
/// Changes when the cost model (`swanbench-core`) counts differently.
const COST_MODEL_REVISION: u32 = 2;

/// How many bytes of the hash an id shows, two hexadecimal digits each.
const BYTES: usize = 8;

/// The components that a run uses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Components<'info> {
    pub data: &'info ComponentInfo,
    pub model: &'info ComponentInfo,
    pub method: &'info ComponentInfo,
}

/// What the ids of runs that differ in their seeds only have in common.
pub(crate) struct Identity {
    /// With all keys in order.
    whole: Value,
}

impl Identity {
    /// Takes what a run is made of: all but its id, its label and its seed.
    pub fn of(run: &RunSpec, components: Components) -> Self {
        Self { whole: whole(run, components) }
    }

    /// Computes the id of the run of a seed.
    pub fn id(&mut self, seed: u64) -> String {
        self.whole["seed"] = seed.into();
        let hash = Sha256::digest(self.whole.to_string());
        hex::encode(&hash[..BYTES])
    }
}

fn whole(run: &RunSpec, components: Components) -> Value {
    let weights = run.weights.as_ref().map(|weights| weights.checksum.clone());
    let model = ModelOptions { width: run.model_width, weights };
    let method = MethodOptions { width: run.width, shape: run.shape, ..MethodOptions::default() };
    let mut whole = json!({
        "data": block(components.data, &run.data, &run.data_options),
        "model": block(components.model, &run.model, &model),
        "method": block(components.method, &run.method, &method),
        "train": changed(&to_json(&run.train), &to_json(&Train::default())),
        "budget": run.budget,
        "target": run.target,
        "revisions": { "loop": LOOP_REVISION, "cost model": COST_MODEL_REVISION },
        "seed": 0,
    });
    if !run.phases.is_empty() {
        whole["phases"] = to_json(&run.phases);
    }
    whole.sort_all_objects();
    whole
}

fn block<Options: Default + Serialize>(
    info: &ComponentInfo,
    config: &ComponentConfig,
    options: &Options,
) -> Value {
    json!({
        "kind": config.kind,
        "revision": info.revision,
        "settings": changed(&config.settings, &info.settings.defaults()),
        "common": changed(&to_json(options), &to_json(&Options::default())),
    })
}

/// Returns the fields, at any depth, that differ from their default. A field that only the default
/// has becomes null.
fn changed(value: &Value, default: &Value) -> Value {
    let (Value::Object(fields), Value::Object(defaults)) = (value, default) else {
        return value.clone();
    };
    let own = fields.iter().filter_map(|(name, field)| match defaults.get(name) {
        Some(default) if default == field => None,
        Some(default) => Some((name.clone(), changed(field, default))),
        None => Some((name.clone(), field.clone())),
    });
    let missing = defaults.keys().filter(|name| !fields.contains_key(*name));
    let missing = missing.map(|name| (name.clone(), Value::Null));
    own.chain(missing).collect::<Map<String, Value>>().into()
}

fn to_json(fields: &(impl Serialize + ?Sized)) -> Value {
    serde_json::to_value(fields).expect("fields are plain data")
}
