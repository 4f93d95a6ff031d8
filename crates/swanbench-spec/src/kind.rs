//! What a method, a model or a dataset tells the checker about itself.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Everything that an experiment may name, in the order in which help lists it.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// Methods, from the `METHODS` slice.
    pub methods: Vec<Kind>,
    /// Architectures, from the `MODELS` slice.
    pub models: Vec<Kind>,
    /// Datasets, from the `DATASETS` slice.
    pub datasets: Vec<Kind>,
}

/// One entry of a slice, described as data.
#[derive(Debug, Clone)]
pub struct Kind {
    /// The word that an experiment uses for it.
    pub name: &'static str,
    /// One sentence for `swanbench list`.
    pub summary: &'static str,
    /// Where it comes from: a paper, a data set's home.
    pub source: &'static str,
    /// Part of the identity of every run that uses it. A method's or model's revision changes when
    /// its results change; a dataset's is the checksum of its content.
    pub revision: String,
    /// Whether a run needs a target activity: such a method runs once for every target.
    pub takes_target: bool,
    /// The fields that it understands. `kind` and the fields that every method, model or dataset
    /// has (see `common.rs`) are taken.
    pub settings: SettingsType,
}

/// The settings of a [`Kind`]: their JSON schema, their defaults, and a typed check.
#[derive(Debug, Clone, Copy)]
pub struct SettingsType {
    schema: fn() -> Value,
    defaults: fn() -> Value,
    resolve: fn(&Value) -> Result<Value, String>,
}

impl SettingsType {
    /// Describes `T`, whose `Default` gives the value of every field that an experiment leaves out.
    #[must_use]
    pub fn of<T: Default + DeserializeOwned + JsonSchema + Serialize>() -> Self {
        Self { schema: schema::<T>, defaults: defaults::<T>, resolve: resolve::<T> }
    }

    /// The JSON schema of the settings, an object whose `properties` are the fields.
    #[must_use]
    pub fn schema(&self) -> Value {
        (self.schema)()
    }

    /// All fields with their default values.
    #[must_use]
    pub fn defaults(&self) -> Value {
        (self.defaults)()
    }

    /// Fills in the defaults and brings every value into its one canonical form.
    ///
    /// # Errors
    /// What serde says of a value that the type cannot hold.
    pub fn resolve(&self, written: &Value) -> Result<Value, String> {
        (self.resolve)(written)
    }
}

fn schema<T: JsonSchema>() -> Value {
    // Inlined: a reader of the schema finds every field where it is used.
    schemars::generate::SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

fn defaults<T: Default + Serialize>() -> Value {
    serde_json::to_value(T::default()).expect("settings are plain data")
}

fn resolve<T: DeserializeOwned + Serialize>(written: &Value) -> Result<Value, String> {
    let typed: T = serde_json::from_value(written.clone()).map_err(|error| error.to_string())?;
    Ok(serde_json::to_value(typed).expect("settings are plain data"))
}
