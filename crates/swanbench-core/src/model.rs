//! What an architecture is, and how the `MODELS` slice lists it.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use swanbench_spec::{Choice, Kind, SettingsType};
use tch::Tensor;

use crate::{BuildError, Forward, ModelMap, Plan, PlanError};

/// An architecture for one input shape: pure structure, without parameters. It knows no method.
pub trait Model: Send {
    /// Its layers, sites and parameters.
    fn map(&self) -> &ModelMap;

    /// Logits `[examples, classes]` of images `[examples, channels, height, width]`.
    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor;
}

/// A kind of model that an experiment can name.
pub trait ModelKind: Model + Sized + 'static {
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
    fn lay_out(settings: Self::Settings, plan: Plan) -> Result<Self, PlanError>;
}

/// A line of the `MODELS` slice.
#[derive(Clone, Copy)]
pub struct ModelEntry {
    kind: fn() -> Kind,
    build: Build,
}

type Build = fn(&Choice, Plan) -> Result<Box<dyn Model>, BuildError>;

impl ModelEntry {
    /// The line for `M`.
    #[must_use]
    pub const fn of<M: ModelKind>() -> Self {
        Self { kind: kind::<M>, build: build::<M> }
    }

    /// Its description.
    #[must_use]
    pub fn kind(&self) -> Kind {
        (self.kind)()
    }

    /// Lays out the network that `choice` asks for.
    ///
    /// # Errors
    /// If it does not fit the plan's input, or the settings are of another kind.
    pub fn build(&self, choice: &Choice, plan: Plan) -> Result<Box<dyn Model>, BuildError> {
        (self.build)(choice, plan)
    }
}

fn kind<M: ModelKind>() -> Kind {
    Kind {
        name: M::NAME,
        summary: M::SUMMARY,
        source: M::SOURCE,
        revision: M::REVISION.to_string(),
        takes_target: false,
        settings: SettingsType::of::<M::Settings>(),
    }
}

fn build<M: ModelKind>(choice: &Choice, plan: Plan) -> Result<Box<dyn Model>, BuildError> {
    Ok(Box::new(M::lay_out(BuildError::settings(choice)?, plan)?))
}
