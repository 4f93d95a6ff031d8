//! L0 regularisation: every unit has a random gate that can be exactly zero, trained with the
//! weights.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Capabilities, GateRecord, Gated, Gates, MethodDef, ModelMap, ParameterGroup, Parameters, Pass,
    Ramp, Regularizer, Setup, Site, State, StateError, TrainProgress,
};
use swanbench_torch::{Generator, TorchError};
use tch::{Kind, Tensor};

/// The interval that the hard concrete distribution is stretched to, and its temperature, as in
/// the paper.
const LOW: f64 = -0.1;
const HIGH: f64 = 1.1;
const TEMPERATURE: f64 = 2.0 / 3.0;

/// Hard concrete gates, one distribution per unit, the same for every input. A penalty keeps the
/// expected share of open gates below the target, which falls along the ramp. The paper has a
/// fixed weight instead of a target.
pub struct HardConcrete {
    settings: Settings,
    target: f64,
    generator: Option<Generator>,
    /// log alpha, `[units]`, by site.
    logits: Vec<Tensor>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Initial log alpha; at 0 five of six gates are open.
    initial_logit: f64,
    /// Weight of the squared relative excess over the target.
    #[schemars(range(min = 0.0))]
    lambda_target: f64,
    /// When the target falls from 1, geometrically.
    ramp: Ramp,
    /// Learning rate of the gates over that of the weights. So high that gates drift apart within
    /// few epochs: with 10, and 2 for `initial_logit`, 83% of the units of an MLP 300-100 stayed
    /// open at a target of 10% (Fashion-MNIST, 10,000 examples, 8 epochs); with the defaults 11.5%.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    gate_learning_rate_factor: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            initial_logit: 0.0,
            lambda_target: 5.0,
            ramp: Ramp { start: 0.0, end: 0.6 },
            gate_learning_rate_factor: 50.0,
        }
    }
}

impl MethodDef for HardConcrete {
    const NAME: &'static str = "l0";
    const SUMMARY: &'static str = "every unit has a random gate, learned to be zero where it can";
    const SOURCE: &'static str = "Louizos et al. 2018, arXiv 1712.01312";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.ramp.check("ramp")
    }

    fn new(settings: Settings, target: f64) -> Self {
        Self { settings, target, generator: None, logits: Vec::new() }
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
        Ok(vec![ParameterGroup {
            parameters: self.logits.iter().map(Tensor::shallow_clone).collect(),
            lr_scale: self.settings.gate_learning_rate_factor,
        }])
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, pass: Pass) -> Gated {
        let logits = self.logits[site.id.index()].unsqueeze(0);
        let (factor, per_example) = match pass {
            Pass::Train => {
                let generator = self.generator.as_mut().expect("attached before the first pass");
                let shape = [output.size()[0], site.units];
                let noise = generator.uniform(&shape, 0.0, 1.0).expect("memory for the noise");
                (stretched(&((noise.logit(1e-6) + logits) / TEMPERATURE)), true)
            }
            Pass::Evaluate { .. } => (stretched(&logits), false),
        };
        let hard = factor.detach().gt(0.0).to_kind(Kind::Float);
        Gated::by(Gates { per_example, ..Gates::per_example(hard, factor) }, &output)
    }

    fn penalty(&mut self, _: &GateRecord, progress: TrainProgress) -> Option<Tensor> {
        let target = self.target.powf(self.settings.ramp.at(progress.training()));
        let units: i64 = self.logits.iter().map(|logits| logits.numel() as i64).sum();
        let open = self.logits.iter().map(|logits| open_probability(logits).sum(Kind::Float));
        let share = open.reduce(|sum, open| sum + open)? / units as f64;
        Some((share / target - 1.0).clamp_min(0.0).square() * self.settings.lambda_target)
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
