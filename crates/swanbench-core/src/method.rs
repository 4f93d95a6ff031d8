//! The definition of a method, and its entry in the `METHODS` slice.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use swanbench_spec::{ComponentConfig, ComponentInfo, SettingsType};

use crate::{BuildError, Regularizer, TrainSchedule};

/// A method that an experiment can name.
pub trait MethodDef: Regularizer + Sized + 'static {
    /// The name in an experiment.
    const NAME: &'static str;
    /// One sentence for `swanbench list`.
    const SUMMARY: &'static str;
    /// The paper that defines it.
    const SOURCE: &'static str;
    /// Changes when the same settings give other results, so that stored runs are trained again.
    const REVISION: u32;
    /// Whether it runs once for every target.
    const TAKES_TARGET: bool;
    /// The results that the tests expect of it.
    const EXPECTED: Expected = Expected::DEFAULT;
    /// The fields of its entry in `methods:`.
    type Settings: Default + DeserializeOwned + JsonSchema + Serialize;

    /// Checks that settings that are each valid fit together.
    ///
    /// Returns a fragment that names the fields and says why not.
    fn check(settings: &Self::Settings) -> Result<(), String> {
        let _ = settings;
        Ok(())
    }

    /// Checks that settings make sense in a run of this length.
    ///
    /// Returns a fragment that names the fields and says why not.
    fn check_schedule(settings: &Self::Settings, schedule: &TrainSchedule) -> Result<(), String> {
        let _ = (settings, schedule);
        Ok(())
    }

    /// Creates the method before a run, whose budget [`Regularizer::attach`] brings.
    fn new(settings: Self::Settings) -> Self;
}

/// What a method must reach in the conformance suite, with default settings and a quarter of the
/// budget. A baseline that is weak on purpose declares less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// The smallest test accuracy on ten classes of digits after ten epochs.
    pub digits_accuracy: f64,
    /// The smallest test accuracy on planted data, which a quarter of the net can solve.
    pub planted_accuracy: f64,
    /// Whether it meets the budget: at inference it uses at most 3% more than the target.
    pub meets_budget: bool,
}

impl Expected {
    /// What most methods reach: strong dropout learns slowest.
    pub const DEFAULT: Self =
        Self { digits_accuracy: 0.3, planted_accuracy: 0.9, meets_budget: true };
}

/// An entry of the `METHODS` slice.
#[derive(Clone, Copy)]
pub struct MethodEntry {
    /// The results that the tests expect.
    pub expected: Expected,
    info: fn() -> ComponentInfo,
    check_schedule: CheckSchedule,
    build: Build,
}

type CheckSchedule = fn(&ComponentConfig, &TrainSchedule) -> Result<(), String>;

type Build = fn(&ComponentConfig) -> Result<Box<dyn Regularizer>, BuildError>;

impl MethodEntry {
    /// Creates the entry of `M`.
    pub const fn of<M: MethodDef>() -> Self {
        let check_schedule = check_schedule::<M>;
        Self { expected: M::EXPECTED, info: info::<M>, check_schedule, build: build::<M> }
    }

    /// Describes the method.
    pub fn info(&self) -> ComponentInfo {
        (self.info)()
    }

    /// Checks that settings make sense in a run of this length.
    ///
    /// Returns a fragment that names the fields and says why not.
    pub fn check_schedule(
        &self,
        config: &ComponentConfig,
        schedule: &TrainSchedule,
    ) -> Result<(), String> {
        (self.check_schedule)(config, schedule)
    }

    /// Builds the method before a run.
    ///
    /// Returns an error if the settings belong to another method.
    pub fn build(&self, config: &ComponentConfig) -> Result<Box<dyn Regularizer>, BuildError> {
        (self.build)(config)
    }
}

fn info<M: MethodDef>() -> ComponentInfo {
    ComponentInfo {
        name: M::NAME,
        summary: M::SUMMARY,
        source: M::SOURCE,
        revision: M::REVISION.to_string(),
        takes_target: M::TAKES_TARGET,
        settings: SettingsType::of::<M::Settings>().checked_by(resolve::<M>),
    }
}

/// Fills in the defaults of settings that fit together.
fn resolve<M: MethodDef>(written: &Value) -> Result<Value, String> {
    let settings: M::Settings =
        serde_json::from_value(written.clone()).map_err(|error| error.to_string())?;
    M::check(&settings)?;
    Ok(serde_json::to_value(settings).expect("settings are plain data"))
}

fn check_schedule<M: MethodDef>(
    config: &ComponentConfig,
    schedule: &TrainSchedule,
) -> Result<(), String> {
    let settings = config.typed::<M::Settings>().map_err(|error| error.to_string())?;
    M::check_schedule(&settings, schedule)
}

fn build<M: MethodDef>(config: &ComponentConfig) -> Result<Box<dyn Regularizer>, BuildError> {
    Ok(Box::new(M::new(BuildError::settings(config)?)))
}
