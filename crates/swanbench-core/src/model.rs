//! The definition of an architecture, and its entry in the `MODELS` slice.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use swanbench_spec::{ComponentConfig, ComponentInfo, SettingsType};

use crate::{BuildError, ModelBuildError, ModelBuilder, ModelMap};

/// A model that an experiment can name.
pub trait ModelDef: 'static {
    /// The name in an experiment.
    const NAME: &'static str;
    /// One sentence for `swanbench list`.
    const SUMMARY: &'static str;
    /// The paper or code that defines it.
    const SOURCE: &'static str;
    /// Changes when the same settings give another network.
    const REVISION: u32;
    /// The fields of its `model:` block.
    type Settings: Default + DeserializeOwned + JsonSchema + Serialize;

    /// Describes the network for the builder's input; the last signal are the logits.
    ///
    /// Returns an error if the network does not fit the input.
    fn describe(
        settings: Self::Settings,
        builder: &mut ModelBuilder,
    ) -> Result<(), ModelBuildError>;

    /// Builds the network for the builder's input.
    ///
    /// Returns an error if the network does not fit the input.
    fn build(
        settings: Self::Settings,
        mut builder: ModelBuilder,
    ) -> Result<ModelMap, ModelBuildError> {
        Self::describe(settings, &mut builder)?;
        Ok(builder.finish())
    }
}

/// An entry of the `MODELS` slice.
#[derive(Clone, Copy)]
pub struct ModelEntry {
    info: fn() -> ComponentInfo,
    build: Build,
}

type Build = fn(&ComponentConfig, ModelBuilder) -> Result<ModelMap, BuildError>;

impl ModelEntry {
    /// Creates the entry of `M`.
    pub const fn of<M: ModelDef>() -> Self {
        Self { info: info::<M>, build: build::<M> }
    }

    /// Describes the model.
    pub fn info(&self) -> ComponentInfo {
        (self.info)()
    }

    /// Builds the network for the builder's input.
    ///
    /// Returns an error if the network does not fit the input, or the settings belong to another
    /// model.
    pub fn build(
        &self,
        config: &ComponentConfig,
        builder: ModelBuilder,
    ) -> Result<ModelMap, BuildError> {
        (self.build)(config, builder)
    }
}

fn info<M: ModelDef>() -> ComponentInfo {
    ComponentInfo {
        name: M::NAME,
        summary: M::SUMMARY,
        source: M::SOURCE,
        revision: M::REVISION.to_string(),
        takes_target: false,
        settings: SettingsType::of::<M::Settings>(),
    }
}

fn build<M: ModelDef>(
    config: &ComponentConfig,
    builder: ModelBuilder,
) -> Result<ModelMap, BuildError> {
    Ok(M::build(BuildError::settings(config)?, builder)?)
}
