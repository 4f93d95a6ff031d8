//! Descriptions of methods, models and datasets for the check.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::stored::StoredSettings;

/// Everything that an experiment may name, in the order in which help lists it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Vocabulary {
    /// Methods, from the `METHODS` slice.
    pub methods: Vec<ComponentInfo>,
    /// Architectures, from the `MODELS` slice.
    pub models: Vec<ComponentInfo>,
    /// Datasets, from the `DATASETS` slice.
    pub datasets: Vec<ComponentInfo>,
}

/// One entry of a slice, described as data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ComponentInfo {
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
    /// The fields that it understands, in addition to `kind` and those that every method, model or
    /// dataset has (see `common.rs`).
    pub settings: SettingsType,
}

/// Settings of a [`ComponentInfo`]: their JSON schema, their defaults, and a check.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "StoredSettings", from = "StoredSettings")]
pub struct SettingsType(Source);

/// Descriptions of settings.
#[derive(Debug, Clone)]
enum Source {
    /// A type of this program, which also checks them.
    Typed {
        schema: fn() -> Value,
        defaults: fn() -> Value,
        resolve: fn(&Value) -> Result<Value, String>,
    },
    /// What a program with that type has written down.
    Stored(StoredSettings),
}

impl SettingsType {
    /// Describes `T`, whose `Default` has the value of every field that an experiment leaves out.
    pub fn of<T: Default + DeserializeOwned + JsonSchema + Serialize>() -> Self {
        Self(Source::Typed {
            schema: json_schema::<T>,
            defaults: defaults::<T>,
            resolve: resolve::<T>,
        })
    }

    /// Adds a check of its own after that of the single fields: it takes what was written, and
    /// returns what [`SettingsType::resolve`] promises.
    pub fn checked_by(self, resolve: fn(&Value) -> Result<Value, String>) -> Self {
        match self.0 {
            Source::Typed { schema, defaults, .. } => {
                Self(Source::Typed { schema, defaults, resolve })
            }
            Source::Stored(_) => self,
        }
    }

    /// Returns the JSON schema of the settings, an object whose `properties` are the fields.
    pub fn schema(&self) -> Value {
        match &self.0 {
            Source::Typed { schema, .. } => schema(),
            Source::Stored(stored) => stored.schema.clone(),
        }
    }

    /// Returns all fields with their default values.
    pub fn defaults(&self) -> Value {
        match &self.0 {
            Source::Typed { defaults, .. } => defaults(),
            Source::Stored(stored) => stored.defaults.clone(),
        }
    }

    /// Fills in the defaults and brings every value into its one canonical form.
    ///
    /// Returns an error if the type cannot hold a value, or if settings contradict each other.
    pub fn resolve(&self, written: &Value) -> Result<Value, String> {
        match &self.0 {
            Source::Typed { resolve, .. } => resolve(written),
            Source::Stored(stored) => Ok(stored.resolve(written)),
        }
    }
}

impl From<SettingsType> for StoredSettings {
    fn from(settings: SettingsType) -> Self {
        Self { schema: settings.schema(), defaults: settings.defaults() }
    }
}

impl From<StoredSettings> for SettingsType {
    fn from(stored: StoredSettings) -> Self {
        Self(Source::Stored(stored))
    }
}

/// Returns the JSON schema of a type.
pub(crate) fn json_schema<T: JsonSchema>() -> Value {
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
