//! k winners take all: at every site only the most active units stay open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Capabilities, Gated, Gates, InferenceCost, MethodDef, ParameterGroup, Pass, Regularizer, Setup,
    Site,
};
use swanbench_torch::TorchError;
use tch::Tensor;

use crate::units::{count, spatial_mean, topk_mask};

/// Keeps, for every example, the share `target` of a site's units with the largest outputs; of
/// feature maps whole channels by their mean. The same in training and at inference.
///
/// The winners are known only after all units are computed: the producers' cost of the losers is
/// counted as the cost of the gates. It is an upper bound if inputs are closed too.
pub struct WinnersTakeAll {
    keep: f64,
    /// By site, the FLOPs per example of computing the closed units.
    wasted_flops: Vec<f64>,
}

#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}

impl MethodDef for WinnersTakeAll {
    const NAME: &'static str = "kwta";
    const SUMMARY: &'static str = "of every site only the most active units of an example go on";
    const SOURCE: &'static str = "Ahmad and Scheinkman 2019, arXiv 1903.11257";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(_: Settings, target: f64) -> Self {
        Self { keep: target, wasted_flops: Vec::new() }
    }
}

impl Regularizer for WinnersTakeAll {
    fn capabilities(&self) -> Capabilities {
        Capabilities { closes_units: true, ..Capabilities::default() }
    }

    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        let flops = |site: &Site| {
            let macs = site.producers.iter().map(|&id| setup.map.layer(id).macs() as f64);
            let closed = 1.0 - count(site.units, self.keep) as f64 / site.units as f64;
            macs.map(|macs| 2.0 * macs).sum::<f64>() * closed
        };
        self.wasted_flops = setup.map.sites.iter().map(flops).collect();
        Ok(Vec::new())
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, _: Pass) -> Gated {
        let hard = topk_mask(&spatial_mean(&output), count(site.units, self.keep));
        let factor = hard.shallow_clone();
        Gated::by(Gates::per_example(hard, factor), &output)
    }

    fn inference_cost(&self) -> InferenceCost {
        InferenceCost { gate_flops: self.wasted_flops.clone(), ..InferenceCost::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{attach, hidden};

    #[test]
    fn only_winners_are_open_and_losers_cost_flops() {
        let map = hidden(5, 4);
        let mut method = WinnersTakeAll::new(Settings {}, 0.25);
        attach(&mut method, &map);
        let output = Tensor::from_slice2(&[[1.0f32, 0.0, 7.0, 3.0], [4.0, 5.0, 0.0, 2.0]]);
        let gated = method.gate(&map.sites[0], &Tensor::new(), output, Pass::Train);
        let expected = Tensor::from_slice2(&[[0.0f32, 0.0, 7.0, 0.0], [0.0, 5.0, 0.0, 0.0]]);
        assert_eq!(gated.output, expected);
        // Three of four units of 5 MACs each.
        assert_eq!(method.inference_cost().gate_flops, [30.0]);
    }
}
