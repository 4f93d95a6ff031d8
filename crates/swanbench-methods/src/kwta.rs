//! k winners take all: at every site only the most active units stay open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Capabilities, GateCost, Gated, Gates, InferenceCost, MethodDef, ModelMap, ParameterGroup, Pass,
    Regularizer, Setup, Site,
};
use swanbench_torch::TorchError;
use tch::Tensor;

use crate::units::{spatial_mean, topk_mask, uniform_counts};

/// Keeps, for every example, the units of a site with the largest outputs; of feature maps whole
/// channels by their mean. All sites keep the same share of their units, as many as the budget
/// allows. The same in training and at inference.
///
/// The winners are known only after all units are computed, from the inputs that are open: what the
/// losers cost is the cost of the gates.
pub struct WinnersTakeAll {
    /// By site, how many units stay open.
    winners: Vec<i64>,
}

#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}

impl MethodDef for WinnersTakeAll {
    const NAME: &'static str = "kwta";
    const SUMMARY: &'static str = "of every site only the most active units of an example go on";
    const SOURCE: &'static str = "Ahmad and Scheinkman 2019, arXiv 1903.11257";
    const REVISION: u32 = 2;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(_: Settings) -> Self {
        Self { winners: Vec::new() }
    }
}

impl Regularizer for WinnersTakeAll {
    fn capabilities(&self) -> Capabilities {
        Capabilities { closes_units: true, ..Capabilities::default() }
    }

    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        self.winners = uniform_counts(setup.map, setup.budget, &self.inference_cost(setup.map));
        Ok(Vec::new())
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, _: Pass) -> Gated {
        let hard = topk_mask(&spatial_mean(&output), self.winners[site.id.index()]);
        let factor = hard.shallow_clone();
        Gated::by(Gates::per_example(hard, factor), &output)
    }

    fn inference_cost(&self, map: &ModelMap) -> InferenceCost {
        let gate = |site: &Site| {
            let layer = map.deciding_layer(site);
            let mean = if site.channels { layer.positions } else { 0 };
            GateCost {
                per_unit: (mean + 1) as f64,
                per_pair: 2.0 * layer.macs_per_pair() as f64,
                reuses_outputs: true,
                ..GateCost::default()
            }
        };
        InferenceCost { gates: map.sites.iter().map(gate).collect(), ..InferenceCost::default() }
    }
}

#[cfg(test)]
mod tests {
    use swanbench_core::Deciding;

    use super::*;
    use crate::testing::{attach, hidden};

    #[test]
    fn only_winners_are_open_and_losers_cost_flops() {
        let map = hidden(5, 4);
        let mut method = WinnersTakeAll::new(Settings {});
        attach(&mut method, &map, 0.25);
        let output = Tensor::from_slice2(&[[1.0f32, 0.0, 7.0, 3.0], [4.0, 5.0, 0.0, 2.0]]);
        let gated = method.gate(&map.sites[0], &Tensor::new(), output, Pass::Train);
        let expected = Tensor::from_slice2(&[[0.0f32, 0.0, 7.0, 0.0], [0.0, 5.0, 0.0, 0.0]]);
        assert_eq!(gated.output, expected);
        // Three losers of 5 MACs each, and a comparison for all four.
        let all = Deciding::all(&map.sites[0]);
        let flops = method.inference_cost(&map).gate_flops(&map, &[all]);
        assert_eq!(flops.of(&[1.0]), 34.0);
    }
}
