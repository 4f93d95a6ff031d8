//! What an architecture is, and how the `MODELS` slice lists it.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use swanbench_spec::{ComponentConfig, ComponentInfo, SettingsType};
use tch::Tensor;

use crate::{BuildError, Forward, ModelBuildError, ModelBuilder, ModelMap};

/// An architecture for one input shape: pure structure, without parameters. It knows no method.
pub trait Model: Send {
    /// Its layers, sites and parameters.
    fn map(&self) -> &ModelMap;

    /// Logits `[examples, classes]` of images `[examples, channels, height, width]`.
    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor;
}

/// A kind of model that an experiment can name.
pub trait ModelDef: Model + Sized + 'static {
    /// The word for it in an experiment.
    const NAME: &'static str;
    /// One sentence for `swanbench list`.
    const SUMMARY: &'static str;
    /// The paper or code that defines it.
    const SOURCE: &'static str;
    /// Changes when the same settings give another network.
    const REVISION: u32;
    /// The fields of its `model:` block.
    type Settings: Default + DeserializeOwned + JsonSchema + Serialize;

    /// Lays the network out.
    ///
    /// # Errors
    /// If it does not fit the plan's input.
    fn build(settings: Self::Settings, builder: ModelBuilder) -> Result<Self, ModelBuildError>;
}

/// A line of the `MODELS` slice.
#[derive(Clone, Copy)]
pub struct ModelEntry {
    kind: fn() -> ComponentInfo,
    build: Build,
}

type Build = fn(&ComponentConfig, ModelBuilder) -> Result<Box<dyn Model>, BuildError>;

impl ModelEntry {
    /// The line for `M`.
    #[must_use]
    pub const fn of<M: ModelDef>() -> Self {
        Self { kind: kind::<M>, build: build::<M> }
    }

    /// Its description.
    #[must_use]
    pub fn kind(&self) -> ComponentInfo {
        (self.kind)()
    }

    /// Lays out the network that `choice` asks for.
    ///
    /// # Errors
    /// If it does not fit the plan's input, or the settings are of another kind.
    pub fn build(
        &self,
        choice: &ComponentConfig,
        builder: ModelBuilder,
    ) -> Result<Box<dyn Model>, BuildError> {
        (self.build)(choice, builder)
    }
}

fn kind<M: ModelDef>() -> ComponentInfo {
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
    choice: &ComponentConfig,
    builder: ModelBuilder,
) -> Result<Box<dyn Model>, BuildError> {
    Ok(Box::new(M::build(BuildError::settings(choice)?, builder)?))
}
