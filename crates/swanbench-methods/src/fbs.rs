//! Feature boosting and suppression: a small layer predicts from the input which channels matter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Capabilities, GateRecord, Gated, Gates, InferenceCost, Layer, MethodDef, ModelMap,
    ParameterGroup, Parameters, Pass, Ramp, Regularizer, Setup, Site, SiteId, State, StateError,
    TrainProgress,
};
use swanbench_torch::TorchError;
use tch::{Kind, Tensor};

use crate::units::{count, spatial_mean, topk_mask};

/// Gates by the saliency `g = relu(W s + b)` of the mean absolute input `s` of every channel: the
/// share `target` of a site's units with the highest saliency is multiplied by it, the others are
/// closed.
///
/// `s` is relative to its mean over channels. The paper has batch normalisation after every layer;
/// without it outputs would grow from layer to layer without bound.
pub struct Boosting {
    settings: Settings,
    target: f64,
    sites: Vec<Saliency>,
    progress: f64,
}

/// The predictor of one site.
struct Saliency {
    id: SiteId,
    /// `[units, features]`.
    weight: Tensor,
    /// `[units]`, initially one.
    bias: Tensor,
    /// Positions of the producer's input that are averaged; 1 for vectors.
    positions: i64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Weight of the mean saliency in the loss.
    #[schemars(range(min = 0.0))]
    lambda: f64,
    /// When the share falls from all units to the target, geometrically.
    ramp: Ramp,
}

impl Default for Settings {
    fn default() -> Self {
        Self { lambda: 1e-8, ramp: Ramp { start: 0.0, end: 0.6 } }
    }
}

impl MethodDef for Boosting {
    const NAME: &'static str = "fbs";
    const SUMMARY: &'static str =
        "the units that a small layer finds salient for an example go on, weighed by it";
    const SOURCE: &'static str = "Gao et al. 2019, arXiv 1810.05331";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.ramp.check("ramp")
    }

    fn new(settings: Settings, target: f64) -> Self {
        Self { settings, target, sites: Vec::new(), progress: 0.0 }
    }
}

impl Boosting {
    /// Returns the share of open units at this point of training.
    fn keep(&self) -> f64 {
        self.target.powf(self.settings.ramp.at(self.progress))
    }
}

impl Regularizer for Boosting {
    fn capabilities(&self) -> Capabilities {
        let ramp = Some(self.settings.ramp);
        Capabilities { closes_units: true, ramp, ..Capabilities::default() }
    }

    fn attach(&mut self, mut setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        for site in &setup.map.sites {
            let producer = setup.map.layer(site.producers[0]);
            self.sites.push(Saliency::new(site, producer, &mut setup)?);
        }
        let parameters = self.sites.iter().flat_map(|site| [&site.weight, &site.bias]);
        Ok(vec![ParameterGroup {
            parameters: parameters.map(Tensor::shallow_clone).collect(),
            lr_scale: 1.0,
        }])
    }

    fn gate(&mut self, site: &Site, input: &Tensor, output: Tensor, _: Pass) -> Gated {
        let saliency = self.sites[site.id.index()].of(input);
        let hard = topk_mask(&saliency, count(site.units, self.keep()));
        let factor = &saliency * &hard;
        let gates = Gates { soft: Some(saliency), ..Gates::per_example(hard, factor) };
        Gated::by(gates, &output)
    }

    fn penalty(&mut self, record: &GateRecord, progress: TrainProgress) -> Option<Tensor> {
        self.progress = progress.training();
        let mean = |site: &Saliency| {
            let gates = record.gates(site.id).expect("every site is gated");
            gates.soft.as_ref().expect("saliency").mean(Kind::Float)
        };
        let sum = self.sites.iter().map(mean).reduce(|sum, mean| sum + mean)?;
        Some(sum * self.settings.lambda)
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        state.keep("progress", &Tensor::from(self.progress));
        Ok(state)
    }

    fn restore(&mut self, state: &State, _: &ModelMap, _: &Parameters) -> Result<(), StateError> {
        self.progress = state.get("progress")?.double_value(&[]);
        Ok(())
    }

    fn inference_cost(&self) -> InferenceCost {
        let parameters = |site: &Saliency| (site.weight.numel() + site.bias.numel()) as u64;
        InferenceCost {
            gate_flops: self.sites.iter().map(Saliency::flops).collect(),
            gate_parameters: self.sites.iter().map(parameters).sum(),
            ..InferenceCost::default()
        }
    }
}

/// Replaces the mean of an input that is zero everywhere.
const SMALLEST: f64 = 1e-12;

impl Saliency {
    fn new(site: &Site, producer: &Layer, setup: &mut Setup<'_>) -> Result<Self, TorchError> {
        let features = producer.pooled_inputs();
        // He et al. 2015, as in the paper.
        let deviation = (2.0 / features as f64).sqrt();
        let weight = setup.generator.normal(&[site.units, features], 0.0, deviation)?;
        let bias = Tensor::ones([site.units], (Kind::Float, setup.device));
        Ok(Self {
            id: site.id,
            weight: weight.set_requires_grad(true),
            bias: bias.set_requires_grad(true),
            positions: producer.input_positions,
        })
    }

    /// Computes the saliency, `[examples, units]`.
    fn of(&self, input: &Tensor) -> Tensor {
        let size = spatial_mean(&input.abs());
        let mean = size.mean_dim(1i64, true, None).clamp_min(SMALLEST);
        (size / mean).linear(&self.weight, Some(&self.bias)).relu()
    }

    /// Counts FLOPs per example: pooling, division by the mean, the map, rectifying, comparing.
    fn flops(&self) -> f64 {
        let [units, features] = self.weight.size()[..] else { unreachable!("a matrix") };
        let pooling = if self.positions > 1 { features * self.positions } else { 0 };
        (pooling + 2 * features + 2 * units * features + 2 * units) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{attach, hidden};

    #[test]
    fn salient_units_stay_open_weighted_by_saliency() {
        let map = hidden(2, 3);
        let mut method = Boosting::new(Settings::default(), 0.34);
        attach(&mut method, &map);
        let weight = Tensor::from_slice2(&[[1.0f32, 0.0], [0.0, 1.0], [-1.0, -1.0]]);
        method.sites[0].weight.detach().copy_(&weight);
        let input = Tensor::from_slice2(&[[-3.0f32, 1.0], [0.5, 1.5]]);
        let output = Tensor::from_slice2(&[[10.0f32, 20.0, 30.0], [10.0, 20.0, 30.0]]);
        // |x| over its mean: 1.5, 0.5 and 0.5, 1.5; saliency 2.5, 1.5, 0 and 1.5, 2.5, 0. At first
        // all units are open.
        let gate = |method: &mut Boosting| {
            let output = output.shallow_clone();
            method.gate(&map.sites[0], &input, output, Pass::Train).output.detach()
        };
        let all = Tensor::from_slice2(&[[25.0f32, 30.0, 0.0], [15.0, 50.0, 0.0]]);
        assert_eq!(gate(&mut method), all);
        method.progress = 1.0;
        let one = Tensor::from_slice2(&[[25.0f32, 0.0, 0.0], [0.0, 50.0, 0.0]]);
        assert_eq!(gate(&mut method), one);
        // The mean 2 x 2, W 2 x 3 x 2, rectifying and comparing 2 x 3.
        let cost = method.inference_cost();
        assert_eq!((cost.total_gate_flops(), cost.gate_parameters), (22.0, 9));
    }
}
