//! Feature boosting and suppression: a small layer predicts from the input which channels matter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Budget, Capabilities, GateCost, GateRecord, Gated, Gates, InferenceCost, MethodDef, ModelMap,
    ParameterGroup, Parameters, Pass, Ramp, Regularizer, Setup, Site, SiteId, State, StateError,
    TrainProgress, TrainSchedule,
};
use swanbench_torch::TorchError;
use tch::{Kind, Tensor};

use crate::{
    read::{Read, View, linear_map_cost},
    units::{topk_mask, uniform_counts},
};

/// Gates by the saliency `g = relu(W s + b)` of the mean absolute input `s`: the units of a site
/// with the highest saliency are multiplied by it, the others are closed. All sites keep the same
/// share of their units, as many as the budget allows.
///
/// `s` is relative to its mean. The paper has batch normalisation after every layer; without it
/// outputs would grow from layer to layer without bound. In the paper `W` is a full matrix and `s`
/// one mean per channel (`rank: null`, `read: { grid: 1 }`); predictors of low rank cost less.
pub struct Boosting {
    settings: Settings,
    budget: Budget,
    map: Option<ModelMap>,
    sites: Vec<Saliency>,
    /// By site, how many units stay open.
    salient: Vec<i64>,
    progress: f64,
}

/// The predictor of one site.
struct Saliency {
    id: SiteId,
    view: View,
    /// `[rank, features]`; `None` for the full matrix.
    reduce: Option<Tensor>,
    /// `[units, rank]`, or the full matrix, `[units, features]`.
    weight: Tensor,
    /// `[units]`, initially one.
    bias: Tensor,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Rank of the map from input to saliency; `null` for a full matrix. On validation (MNIST-5k,
    /// MLP 300-100, 25, 10 and 5% of FLOPs, three seeds) 84.6% on average with rank 4 and a grid of
    /// 4, 82.7% with 8 and 7.
    #[schemars(range(min = 1, max = 4096))]
    rank: Option<u32>,
    /// What the saliency sees.
    read: Read,
    /// Weight of the mean saliency in the loss.
    #[schemars(range(min = 0.0))]
    lambda: f64,
    /// When the budget falls from everything to the target, geometrically.
    ramp: Ramp,
}

impl Default for Settings {
    fn default() -> Self {
        let ramp = Ramp { start: 0.0, end: 0.6 };
        Self { rank: Some(4), read: Read::of(4), lambda: 1e-8, ramp }
    }
}

impl MethodDef for Boosting {
    const NAME: &'static str = "fbs";
    const SUMMARY: &'static str =
        "the units that a small layer finds salient for an example go on, weighed by it";
    const SOURCE: &'static str = "Gao et al. 2019, arXiv 1810.05331";
    const REVISION: u32 = 2;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.ramp.check("ramp")
    }

    fn check_schedule(settings: &Settings, schedule: &TrainSchedule) -> Result<(), String> {
        // The last step has not yet ended training, and there is no recovery after it.
        let last = 1.0 - 1.0 / schedule.training_steps() as f64;
        if settings.ramp.end <= last {
            return Ok(());
        }
        Err(format!("`ramp` ends at {}, after the last step of training", settings.ramp.end))
    }

    fn new(settings: Settings) -> Self {
        let (budget, sites, salient) = (Budget::default(), Vec::new(), Vec::new());
        Self { settings, budget, map: None, sites, salient, progress: 0.0 }
    }
}

impl Boosting {
    /// Opens as many units as the budget allows after this share of training.
    fn advance(&mut self, progress: f64) {
        self.progress = progress;
        let map = self.map.as_ref().expect("attached");
        let share = self.budget.target.powf(self.settings.ramp.at(progress));
        self.salient = uniform_counts(map, self.budget.at(share), &self.inference_cost(map));
    }
}

impl Regularizer for Boosting {
    fn capabilities(&self) -> Capabilities {
        let ramp = Some(self.settings.ramp);
        Capabilities { closes_units: true, ramp, ..Capabilities::default() }
    }

    fn attach(&mut self, mut setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        for site in &setup.map.sites {
            self.sites.push(Saliency::new(site, &self.settings, &mut setup)?);
        }
        self.budget = setup.budget;
        self.map = Some(setup.map.clone());
        self.advance(0.0);
        let parameters =
            self.sites.iter().flat_map(|site| site.reduce.iter().chain([&site.weight, &site.bias]));
        Ok(vec![ParameterGroup {
            parameters: parameters.map(Tensor::shallow_clone).collect(),
            lr_scale: 1.0,
        }])
    }

    fn gate(&mut self, site: &Site, input: &Tensor, output: Tensor, _: Pass) -> Gated {
        let saliency = self.sites[site.id.index()].of(input);
        let hard = topk_mask(&saliency, self.salient[site.id.index()]);
        let factor = &saliency * &hard;
        let gates = Gates { soft: Some(saliency), ..Gates::per_example(hard, factor) };
        Gated::by(gates, &output)
    }

    fn penalty(&mut self, record: &GateRecord, progress: TrainProgress) -> Option<Tensor> {
        self.advance(progress.training());
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
        self.advance(state.get("progress")?.double_value(&[]));
        Ok(())
    }

    fn inference_cost(&self, map: &ModelMap) -> InferenceCost {
        let gates = map.sites.iter().map(|site| {
            let view = View::new(self.settings.read, map.deciding_layer(site));
            // The size of every position; the mean over channels and the division by it; rectifying
            // and comparing.
            let prepared = view.additions_per_channel() + 2 * view.features_per_channel();
            let cost = linear_map_cost(view, self.settings.rank);
            GateCost {
                per_input: cost.per_input + prepared as f64,
                per_unit: cost.per_unit + 2.0,
                ..cost
            }
        });
        InferenceCost { gates: gates.collect(), ..InferenceCost::default() }
    }
}

/// Replaces the mean of an input that is zero everywhere.
const SMALLEST: f64 = 1e-12;

impl Saliency {
    fn new(site: &Site, settings: &Settings, setup: &mut Setup<'_>) -> Result<Self, TorchError> {
        let view = View::new(settings.read, setup.map.deciding_layer(site));
        // He et al. 2015, as in the paper.
        let mut draw = |outputs: i64, inputs: i64| {
            let deviation = (2.0 / inputs as f64).sqrt();
            let drawn = setup.generator.normal(&[outputs, inputs], 0.0, deviation)?;
            Ok::<_, TorchError>(drawn.set_requires_grad(true))
        };
        let rank = settings.rank.map(i64::from);
        let reduce = rank.map(|rank| draw(rank, view.features())).transpose()?;
        let weight = draw(site.units, rank.unwrap_or(view.features()))?;
        let bias = Tensor::ones([site.units], (Kind::Float, setup.device)).set_requires_grad(true);
        Ok(Self { id: site.id, view, reduce, weight, bias })
    }

    /// Computes the saliency, `[examples, units]`.
    fn of(&self, input: &Tensor) -> Tensor {
        let size = self.view.of(&input.abs());
        let mean = size.mean_dim(1i64, true, None).clamp_min(SMALLEST);
        let relative = size / mean;
        let read = self.reduce.as_ref().map(|reduce| relative.matmul(&reduce.tr()));
        read.unwrap_or(relative).linear(&self.weight, Some(&self.bias)).relu()
    }
}

#[cfg(test)]
mod tests {
    use swanbench_core::Deciding;

    use super::*;
    use crate::testing::{attach, hidden};

    #[test]
    fn salient_units_stay_open_weighted_by_saliency() {
        let map = hidden(2, 3);
        let mut method = Boosting::new(Settings { rank: None, ..Settings::default() });
        attach(&mut method, &map, 0.34);
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
        method.advance(1.0);
        let one = Tensor::from_slice2(&[[25.0f32, 0.0, 0.0], [0.0, 50.0, 0.0]]);
        assert_eq!(gate(&mut method), one);
        // The mean and the division 2 x 2, W 2 x 3 x 2, rectifying and comparing 2 x 3.
        let cost = method.inference_cost(&map);
        let all = Deciding::all(&map.sites[0]);
        assert_eq!(cost.gate_flops(&map, &[all]).of(&[1.0]), 22.0);
        assert_eq!(cost.gates[0].stored(all), 9);
    }
}
