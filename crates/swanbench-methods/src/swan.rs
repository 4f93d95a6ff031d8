//! Switchable Activation Networks: each unit has a switch that depends on the input.

mod budget;
mod gate;
mod normalise;
mod settings;
mod spread;

use swanbench_core::{
    Capabilities, Expected, GateRecord, Gated, Gates, InferenceCost, MethodDef, ModelMap,
    ParameterGroup, Parameters, Pass, Regularizer, Setup, Site, State, StateError, TrainProgress,
};
use swanbench_spec::{Mode, Stage};
use swanbench_torch::{Factor, Switch, Switched, TorchError, switch};
use tch::Tensor;

use self::{
    budget::Budget,
    gate::Gate,
    settings::{RecoveryGates, Settings, Training},
};

/// Gates `p(x) = sigmoid((phi + u V pool(x)) / tau)`, open where `p > T`, trained together with the
/// weights under a one-sided penalty on activity above the target.
pub struct Swan {
    settings: Settings,
    budget: Budget,
    /// By site.
    gates: Vec<Gate>,
    progress: f64,
}

impl MethodDef for Swan {
    const NAME: &'static str = "swan";
    const SUMMARY: &'static str = "every unit has a learned switch that looks at the input";
    const SOURCE: &'static str = "Ale et al. 2026, arXiv 2603.06601";
    const REVISION: u32 = 2;
    const TAKES_TARGET: bool = true;
    const EXPECTED: Expected = Expected { relative_activity: Some(1.15), ..Expected::DEFAULT };
    type Settings = Settings;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.check()
    }

    fn new(settings: Settings, target: f64) -> Self {
        let budget = Budget::new(&settings, target);
        Self { budget, settings, gates: Vec::new(), progress: 0.0 }
    }
}

impl Regularizer for Swan {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            recovers: true,
            modes: &[Mode::Hard, Mode::Soft],
            closes_units: true,
            thresholds: self.settings.threshold_sweep.clone(),
            ramp: Some(self.settings.ramp),
        }
    }

    fn attach(&mut self, mut setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        for site in &setup.map.sites {
            self.gates.push(Gate::new(site, &mut setup, &self.settings)?);
        }
        self.budget.attach(setup.map, setup.device);
        let logits = ParameterGroup {
            parameters: self.gates.iter().map(Gate::logit).collect(),
            lr_scale: self.settings.gate_learning_rate_factor,
        };
        let maps = ParameterGroup {
            parameters: self.gates.iter().flat_map(Gate::maps).collect(),
            lr_scale: self.settings.map_learning_rate_factor,
        };
        let groups = [logits, maps].into_iter();
        Ok(groups.filter(|group| !group.parameters.is_empty()).collect())
    }

    fn gate(&mut self, site: &Site, input: &Tensor, output: Tensor, pass: Pass) -> Gated {
        let temperature = self.settings.temperature(self.progress);
        let gate = &mut self.gates[site.id.index()];
        let per_example = gate.depends_on_input();
        let input =
            if self.settings.input_gradient { input.shallow_clone() } else { input.detach() };
        let logits = gate.logits(&input, pass == Pass::Train);
        let own = self.settings.threshold;
        let (applied, threshold) = match pass {
            Pass::Evaluate { mode, threshold } => (mode, threshold.unwrap_or(own)),
            Pass::Train => (self.settings.training.mode(self.progress), own),
        };
        let by = match applied {
            Mode::Soft => Factor::Soft,
            Mode::Hard => Factor::Hard,
        };
        let Switched { output, soft, hard } =
            switch(&logits, &output, Switch { temperature, threshold, by })
                .expect("a gate for every unit of the output");
        let factor = match by {
            Factor::Soft => soft.shallow_clone(),
            Factor::Hard => hard.shallow_clone(),
        };
        let gates = Gates { hard, per_example, soft: Some(soft), applied, factor };
        Gated { output, gates: Some(gates) }
    }

    fn penalty(&mut self, record: &GateRecord, progress: TrainProgress) -> Option<Tensor> {
        self.progress = progress.training();
        let rewards = spread::reward(&self.settings, record, self.budget.sites());
        let terms = [self.budget.penalty(record, self.progress), rewards];
        terms.into_iter().flatten().reduce(|sum, term| sum + term)
    }

    fn after_backward(
        &mut self,
        _: &Parameters,
        progress: TrainProgress,
    ) -> Result<(), TorchError> {
        let frozen = self.settings.recovery_gates == RecoveryGates::Frozen;
        if frozen && progress.stage == Stage::Recovery {
            for gate in &self.gates {
                for parameter in gate.maps().iter().chain([&gate.logit()]) {
                    let _ = parameter.grad().zero_();
                }
            }
        }
        Ok(())
    }

    fn start_recovery(&mut self, _: &ModelMap, _: &Parameters) -> Result<(), TorchError> {
        self.progress = 1.0;
        Ok(())
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        state.keep("progress", &Tensor::from(self.progress));
        state.keep("multiplier", self.budget.multiplier());
        for (number, gate) in self.gates.iter().enumerate() {
            if let Some(normalisation) = gate.normalisation() {
                normalisation.keep(&number.to_string(), &mut state);
            }
        }
        Ok(state)
    }

    fn restore(&mut self, state: &State, _: &ModelMap, _: &Parameters) -> Result<(), StateError> {
        self.progress = state.get("progress")?.double_value(&[]);
        self.budget.multiplier_mut().copy_(state.get("multiplier")?);
        for (number, gate) in self.gates.iter_mut().enumerate() {
            if let Some(normalisation) = gate.normalisation_mut() {
                normalisation.restore(&number.to_string(), state)?;
            }
        }
        Ok(())
    }

    fn inference_cost(&self) -> InferenceCost {
        InferenceCost {
            gate_flops: self.gates.iter().map(Gate::flops).collect(),
            gate_parameters: self.gates.iter().map(Gate::stored).sum(),
            ..InferenceCost::default()
        }
    }
}

impl Training {
    /// Returns what multiplies the outputs after this share of training.
    fn mode(self, progress: f64) -> Mode {
        match self {
            Self::Soft if progress < 1.0 => Mode::Soft,
            Self::SoftFirst if progress < 0.5 => Mode::Soft,
            // Recovery follows the switch to hard gates, whatever was before.
            _ => Mode::Hard,
        }
    }
}
