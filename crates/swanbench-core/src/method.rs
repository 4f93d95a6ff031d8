//! How the `METHODS` slice lists a method.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use swanbench_spec::{ComponentConfig, ComponentInfo, SettingsType};

use crate::{ModelBuildError, Regularizer};

/// A method that an experiment can name.
pub trait MethodDef: Regularizer + Sized + 'static {
    /// The word for it in an experiment.
    const NAME: &'static str;
    /// One sentence for `swanbench list`.
    const SUMMARY: &'static str;
    /// The paper that defines it.
    const SOURCE: &'static str;
    /// Changes when the same settings give other results, so that stored runs are trained again.
    const REVISION: u32;
    /// Whether it runs once for every target.
    const TAKES_TARGET: bool;
    /// The fields of its entry in `methods:`.
    type Settings: Default + DeserializeOwned + JsonSchema + Serialize;

    /// Whether settings that are each right go together.
    ///
    /// # Errors
    /// A fragment that names the fields and says why not.
    fn check(settings: &Self::Settings) -> Result<(), String> {
        let _ = settings;
        Ok(())
    }

    /// The method before a run. `target` is the share of units (or weights) to keep, in `(0, 1]`; 1
    /// where the experiment has none.
    fn new(settings: Self::Settings, target: f64) -> Self;
}

/// Settings that do not make a model or a method.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("the settings of `{kind}` cannot be read")]
    Settings {
        kind: String,
        #[source]
        source: serde_json::Error,
    },
    #[error(transparent)]
    ModelBuilder(#[from] ModelBuildError),
}

impl BuildError {
    pub(crate) fn settings<T: DeserializeOwned>(choice: &ComponentConfig) -> Result<T, Self> {
        choice.typed().map_err(|source| Self::Settings { kind: choice.kind.clone(), source })
    }
}

/// A line of the `METHODS` slice.
#[derive(Clone, Copy)]
pub struct MethodEntry {
    kind: fn() -> ComponentInfo,
    build: Build,
}

type Build = fn(&ComponentConfig, f64) -> Result<Box<dyn Regularizer>, BuildError>;

impl MethodEntry {
    /// The line for `M`.
    #[must_use]
    pub const fn of<M: MethodDef>() -> Self {
        Self { kind: kind::<M>, build: build::<M> }
    }

    /// Its description.
    #[must_use]
    pub fn kind(&self) -> ComponentInfo {
        (self.kind)()
    }

    /// The method that `choice` asks for, before a run.
    ///
    /// # Errors
    /// If the settings are of another kind.
    pub fn build(
        &self,
        choice: &ComponentConfig,
        target: f64,
    ) -> Result<Box<dyn Regularizer>, BuildError> {
        (self.build)(choice, target)
    }
}

fn kind<M: MethodDef>() -> ComponentInfo {
    ComponentInfo {
        name: M::NAME,
        summary: M::SUMMARY,
        source: M::SOURCE,
        revision: M::REVISION.to_string(),
        takes_target: M::TAKES_TARGET,
        settings: SettingsType::of::<M::Settings>().checked_by(resolve::<M>),
    }
}

/// What settings come to with all defaults filled in, where they go together.
fn resolve<M: MethodDef>(written: &Value) -> Result<Value, String> {
    let settings: M::Settings =
        serde_json::from_value(written.clone()).map_err(|error| error.to_string())?;
    M::check(&settings)?;
    Ok(serde_json::to_value(settings).expect("settings are plain data"))
}

fn build<M: MethodDef>(
    choice: &ComponentConfig,
    target: f64,
) -> Result<Box<dyn Regularizer>, BuildError> {
    Ok(Box::new(M::new(BuildError::settings(choice)?, target)))
}
