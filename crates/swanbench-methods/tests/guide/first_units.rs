//! Keeps the first units of every site and closes the others, from the first step on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{Gated, Gates, MethodDef, Pass, Regularizer, Site};
use tch::{Kind, Tensor};

pub struct FirstUnits {
    settings: Settings,
    target: f64,
}

#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Keep the last units instead.
    last: bool,
}

impl MethodDef for FirstUnits {
    const NAME: &'static str = "first-units";
    const SUMMARY: &'static str = "a fixed number of units at each site, chosen before training";
    const SOURCE: &'static str = "the README's guide";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(settings: Settings, target: f64) -> Self {
        Self { settings, target }
    }
}

impl Regularizer for FirstUnits {
    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, _: Pass) -> Gated {
        let kept = (self.target * site.units as f64).round().max(1.0);
        let position = Tensor::arange(site.units, (Kind::Float, output.device()));
        let position = if self.settings.last { position.flip([0]) } else { position };
        Gated::by(Gates::fixed(&position.lt(kept).to_kind(Kind::Float)), &output)
    }
}
