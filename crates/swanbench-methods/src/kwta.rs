//! k winners take all: of every site only the most active units go on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Gated, Gates, MethodDef, ModelMap, ParameterGroup, Pass, Regularizer, Setup, Site,
};
use swanbench_spec::Mode;
use swanbench_torch::TorchError;
use tch::Tensor;

use crate::units::{count, spatial_mean, topk_mask};

/// For every example the share `target` of a site's units with the largest outputs; of feature maps
/// whole channels by their mean. In training and at inference alike.
///
/// Which units win is known only when all have been computed: what their producers cost for the
/// losers is charged as the cost of the gates. It is an upper bound where inputs are closed too.
pub struct WinnersTakeAll {
    keep: f64,
    /// FLOPs of a site's producers for one example, by site.
    producers: Vec<f64>,
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
        Self { keep: target, producers: Vec::new() }
    }
}

impl Regularizer for WinnersTakeAll {
    fn min_target(&self, map: &ModelMap) -> f64 {
        map.min_density()
    }

    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        let flops = |site: &Site| -> f64 {
            site.producers.iter().map(|&id| 2.0 * setup.map.layer(id).macs() as f64).sum()
        };
        self.producers = setup.map.sites.iter().map(flops).collect();
        Ok(Vec::new())
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, _: Pass) -> Gated {
        let hard = topk_mask(&spatial_mean(&output), count(site.units, self.keep));
        let factor = hard.shallow_clone();
        Gated::by(
            Gates { hard, per_example: true, soft: None, applied: Mode::Hard, factor },
            &output,
        )
    }

    fn gate_flops(&self, site: &Site) -> f64 {
        let closed = 1.0 - count(site.units, self.keep) as f64 / site.units as f64;
        self.producers[site.id.index()] * closed
    }
}

#[cfg(test)]
mod tests {
    use tch::Device;

    use super::*;
    use crate::testing::{attach, hidden};

    #[test]
    fn only_winners_go_on_and_what_the_losers_cost_is_charged() {
        let map = hidden(5, 4);
        let mut method = WinnersTakeAll::new(Settings {}, 0.25);
        attach(&mut method, &map);
        let output = Tensor::from_slice2(&[[1.0f32, 0.0, 7.0, 3.0], [4.0, 5.0, 0.0, 2.0]]);
        let input = Tensor::zeros([2, 5], (tch::Kind::Float, Device::Cpu));
        let gated = method.gate(&map.sites[0], &input, output, Pass::Train);
        let expected = Tensor::from_slice2(&[[0.0f32, 0.0, 7.0, 0.0], [0.0, 5.0, 0.0, 0.0]]);
        assert_eq!(gated.output, expected);
        // Three of four units of 5 MACs each.
        assert_eq!(method.gate_flops(&map.sites[0]), 30.0);
    }
}
