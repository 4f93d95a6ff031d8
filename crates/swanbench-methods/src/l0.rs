//! L0 regularisation: every unit has a random gate that can be exactly zero, trained with the
//! weights.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Budget, Capabilities, GateRecord, Gated, Gates, MethodDef, ModelMap, ParameterGroup,
    Parameters, Pass, Ramp, Regularizer, Setup, Site, State, StateError, TrainProgress, UnitCost,
};
use swanbench_torch::{Generator, TorchError};
use tch::{Kind, Tensor};

use crate::{ranking::most_open, units::with_best_open};

/// The interval that the hard concrete distribution is stretched to, and its temperature, as in
/// the paper.
const LOW: f64 = -0.1;
const HIGH: f64 = 1.1;
const TEMPERATURE: f64 = 2.0 / 3.0;

/// Hard concrete gates, one distribution per unit, the same for every input. A penalty keeps the
/// expected cost below the target, which falls along the ramp; the paper has a fixed weight instead
/// of a target. At inference the gates that are most likely open are, as far as the budget goes.
pub struct HardConcrete {
    settings: Settings,
    budget: Budget,
    map: Option<ModelMap>,
    /// By site, the units that may be open at inference; chosen at the first site of a pass.
    chosen: Vec<Tensor>,
    generator: Option<Generator>,
    /// log alpha, `[units]`, by site.
    logits: Vec<Tensor>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Initial log alpha; at 0 five of six gates are open.
    #[schemars(range(min = -10.0, max = 10.0))]
    initial_logit: f64,
    /// Weight of the squared relative excess over the target.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6))]
    lambda_target: f64,
    /// When the target falls from 1, geometrically.
    ramp: Ramp,
    /// Learning rate of the gates over that of the weights. So high that gates drift apart within
    /// few epochs; on validation (MNIST-5k, MLP 300-100, 25, 10 and 5% of FLOPs, three seeds) 91.2%
    /// on average with 20, 91.0% with 50.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e4))]
    gate_learning_rate_factor: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            initial_logit: 0.0,
            lambda_target: 5.0,
            ramp: Ramp { start: 0.0, end: 0.6 },
            gate_learning_rate_factor: 20.0,
        }
    }
}

impl MethodDef for HardConcrete {
    const NAME: &'static str = "l0";
    const SUMMARY: &'static str = "every unit has a random gate, learned to be zero where it can";
    const SOURCE: &'static str = "Louizos et al. 2018, arXiv 1712.01312";
    const REVISION: u32 = 2;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.ramp.check("ramp")
    }

    fn new(settings: Settings) -> Self {
        let (budget, chosen, logits) = (Budget::default(), Vec::new(), Vec::new());
        Self { settings, budget, map: None, chosen, generator: None, logits }
    }
}

impl Regularizer for HardConcrete {
    fn capabilities(&self) -> Capabilities {
        let ramp = Some(self.settings.ramp);
        Capabilities { closes_units: true, ramp, ..Capabilities::default() }
    }

    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        let options = (Kind::Float, setup.device);
        let logit = |site: &Site| {
            let start = Tensor::full([site.units], self.settings.initial_logit, options);
            start.set_requires_grad(true)
        };
        self.logits = setup.map.sites.iter().map(logit).collect();
        self.generator = Some(setup.generator);
        self.budget = setup.budget;
        self.map = Some(setup.map.clone());
        Ok(vec![ParameterGroup {
            parameters: self.logits.iter().map(Tensor::shallow_clone).collect(),
            lr_scale: self.settings.gate_learning_rate_factor,
        }])
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, pass: Pass) -> Gated {
        let index = site.id.index();
        let logits = self.logits[index].unsqueeze(0);
        let (open, scores, per_example) = match pass {
            Pass::Train => {
                let generator = self.generator.as_mut().expect("attached before the first pass");
                let shape = [output.size()[0], site.units];
                let noise = generator.uniform(&shape, 0.0, 1.0).expect("memory for the noise");
                let scores = (noise.logit(1e-6) + logits) / TEMPERATURE;
                (stretched(&scores), scores, true)
            }
            Pass::Evaluate { .. } => {
                if index == 0 {
                    let map = self.map.as_ref().expect("attached");
                    self.chosen = most_open(&self.logits, map, self.budget);
                }
                (stretched(&logits) * &self.chosen[index], logits, false)
            }
        };
        let positive = open.detach().gt(0.0).to_kind(Kind::Float);
        let hard = with_best_open(&positive, &scores);
        // The last open unit of a site is open as a whole.
        let factor = open + (&hard - positive);
        Gated::by(Gates { per_example, ..Gates::per_example(hard, factor) }, &output)
    }

    fn penalty(&mut self, _: &GateRecord, progress: TrainProgress) -> Option<Tensor> {
        let map = self.map.as_ref().expect("attached");
        let target = self.budget.target.powf(self.settings.ramp.at(progress.training()));
        let limit = self.budget.at(target).of_units(map, UnitCost::default());
        // Gates are drawn independently: the mean cost is that of the mean numbers of open units.
        let open = self.logits.iter().map(|logits| open_probability(logits).unsqueeze(0));
        Some(limit.squared_excess(&open.collect::<Vec<_>>(), self.settings.lambda_target))
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        state.keep_stream("noise", self.generator.as_ref().expect("attached"))?;
        Ok(state)
    }

    fn restore(&mut self, state: &State, _: &ModelMap, _: &Parameters) -> Result<(), StateError> {
        state.restore_stream("noise", self.generator.as_mut().expect("attached"))
    }
}

/// Stretches the sigmoid beyond [0, 1] and clamps it to [0, 1].
fn stretched(logits: &Tensor) -> Tensor {
    (logits.sigmoid() * (HIGH - LOW) + LOW).clamp(0.0, 1.0)
}

/// Returns the probability that a gate is not zero (equation 12).
fn open_probability(logits: &Tensor) -> Tensor {
    (logits - TEMPERATURE * (-LOW / HIGH).ln()).sigmoid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{generator, numbers};

    #[test]
    fn gates_are_exactly_zero_or_one_at_the_ends() {
        let gates = stretched(&Tensor::from_slice(&[-5.0f64, 0.0, 5.0]));
        let gates = numbers(&gates);
        assert_eq!([gates[0], gates[2]], [0.0, 1.0]);
        // sigmoid(0) x 1.2 - 0.1
        assert!((gates[1] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn open_probability_agrees_with_sampling() {
        let logit = Tensor::from_slice(&[-1.0f64]);
        let expected = open_probability(&logit).double_value(&[0]);
        // sigmoid(-1 + 2/3 ln 11) = sigmoid(0.5986)
        assert!((expected - 0.645_336).abs() < 1e-5, "{expected}");
        let noise = generator().uniform(&[200_000], 0.0, 1.0).unwrap().to_kind(Kind::Double);
        let gates = stretched(&((noise.logit(1e-6) + logit) / TEMPERATURE));
        let open = gates.gt(0.0).to_kind(Kind::Double).mean(Kind::Double).double_value(&[]);
        // The standard deviation of this mean is 0.0011.
        assert!((open - expected).abs() < 0.005, "{open}");
    }
}
