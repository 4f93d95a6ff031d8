//! Random units: the open units of every site are drawn once, before training. A weak baseline.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Capabilities, Gated, Gates, MethodDef, ParameterGroup, Pass, Regularizer, Setup, Site,
    UnitCost, solve,
};
use swanbench_torch::TorchError;
use tch::{Kind, Tensor};

/// One fixed mask per site.
pub struct RandomUnits {
    settings: Settings,
    /// By site, `[units]` in {0, 1}.
    masks: Vec<Tensor>,
}

/// The fields of `kind: random-units`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The smallest number of open units per site.
    #[schemars(range(min = 1))]
    min_units: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { min_units: 1 }
    }
}

impl MethodDef for RandomUnits {
    const NAME: &'static str = "random-units";
    const SUMMARY: &'static str = "the open units of every site are drawn before training";
    const SOURCE: &'static str = "a baseline of this guide";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(settings: Settings) -> Self {
        Self { settings, masks: Vec::new() }
    }
}

impl Regularizer for RandomUnits {
    fn attach(&mut self, mut setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        let limit = setup.budget.of_units(setup.map, UnitCost::default());
        let sizes: Vec<i64> = setup.map.sites.iter().map(|site| site.units).collect();
        let open = solve(&sizes, |share| vec![share; sizes.len()], |open| limit.allows(open));
        for (size, open) in sizes.into_iter().zip(open) {
            let order = setup.generator.permutation(size)?.to_device(setup.device);
            let count = open.max(i64::from(self.settings.min_units));
            self.masks.push(order.lt(count).to_kind(Kind::Float));
        }
        Ok(Vec::new())
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, _: Pass) -> Gated {
        Gated::by(Gates::fixed(&self.masks[site.id.index()]), &output)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { closes_units: true, ..Capabilities::default() }
    }
}
