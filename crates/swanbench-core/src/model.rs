//! The definition of an architecture, and its entry in the `MODELS` slice.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use swanbench_spec::{ComponentConfig, ComponentInfo, SettingsType};
use tch::Tensor;

use crate::{BuildError, Forward, ModelBuildError, ModelBuilder, ModelMap};

/// An architecture for one input shape: pure structure, without parameters. It knows no method.
pub trait Model: Send {
    /// Returns its layers, sites and parameters.
    fn map(&self) -> &ModelMap;

    /// Computes logits `[examples, classes]` of images `[examples, channels, height, width]`.
    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor;
}

/// A model that an experiment can name.
pub trait ModelDef: Model + Sized + 'static {
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

    /// Builds the network for the builder's input.
    ///
    /// Returns an error if the network does not fit the input.
    fn build(settings: Self::Settings, builder: ModelBuilder) -> Result<Self, ModelBuildError>;
}

/// An entry of the `MODELS` slice.
#[derive(Clone, Copy)]
pub struct ModelEntry {
    info: fn() -> ComponentInfo,
    build: Build,
}

type Build = fn(&ComponentConfig, ModelBuilder) -> Result<Box<dyn Model>, BuildError>;

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
    ) -> Result<Box<dyn Model>, BuildError> {
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
) -> Result<Box<dyn Model>, BuildError> {
    Ok(Box::new(M::build(BuildError::settings(config)?, builder)?))
}
