//! The whole network: the reference, and with a smaller `width` the control.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{MethodDef, Regularizer};

/// The dense network, everything open.
pub struct Dense;

/// No settings.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}

impl MethodDef for Dense {
    const NAME: &'static str = "dense";
    const SUMMARY: &'static str = "the whole network, nothing switched off";
    const SOURCE: &'static str = "the reference";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = false;
    type Settings = Settings;

    fn new(Settings {}: Settings) -> Self {
        Self
    }
}

impl Regularizer for Dense {}
