//! Switchable Activation Networks: each unit has a switch that looks at the input.

mod budget;
mod gate;
mod settings;

use swanbench_core::{
    Gated, Gates, Method, ModelMap, ParameterGroup, Parameters, Phase, Progress, Regularizer,
    Setup, Site, State, StateError, Tape,
};
use swanbench_spec::Mode;
use swanbench_torch::{Switched, TorchError, switch};
use tch::Tensor;

use self::{
    budget::Budget,
    gate::Gate,
    settings::{Settings, Training},
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

impl Method for Swan {
    const NAME: &'static str = "swan";
    const SUMMARY: &'static str = "every unit has a learned switch that looks at the input";
    const SOURCE: &'static str = "Ale et al. 2026, arXiv 2603.06601";
    const REVISION: u32 = 2;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(settings: Settings, target: f64) -> Self {
        Self { budget: Budget::new(&settings, target), settings, gates: Vec::new(), progress: 0.0 }
    }
}

impl Regularizer for Swan {
    fn recovers(&self) -> bool {
        true
    }

    fn modes(&self) -> &'static [Mode] {
        &[Mode::Hard, Mode::Soft]
    }

    fn attach(&mut self, mut setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        for site in &setup.map.sites {
            self.gates.push(Gate::new(site, &mut setup, &self.settings)?);
        }
        self.budget.attach(setup.map, setup.device);
        Ok(vec![ParameterGroup {
            parameters: self.gates.iter().flat_map(Gate::parameters).collect(),
            learning_rate_factor: self.settings.gate_learning_rate_factor,
        }])
    }

    fn gate(&mut self, site: &Site, input: &Tensor, output: Tensor, phase: Phase) -> Gated {
        let gate = &self.gates[site.id.index()];
        let per_example = gate.looks_at_the_input();
        let Switched { soft, hard } =
            switch(&gate.logits(input), self.settings.temperature, self.settings.threshold)
                .expect("logits are floating-point numbers");
        let applied = match phase {
            Phase::Evaluate(mode) => mode,
            Phase::Train => self.settings.training.mode(self.progress),
        };
        let factor = match applied {
            Mode::Soft => soft.shallow_clone(),
            Mode::Hard => hard.shallow_clone(),
        };
        Gated::by(Gates { hard, per_example, soft: Some(soft), applied, factor }, &output)
    }

    fn penalty(&mut self, tape: &Tape, progress: Progress) -> Option<Tensor> {
        self.progress = progress.training();
        self.budget.penalty(tape, self.progress)
    }

    fn start_recovery(&mut self, _: &ModelMap, _: &Parameters) -> Result<(), TorchError> {
        self.progress = 1.0;
        Ok(())
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

    fn gate_flops(&self, site: &Site) -> f64 {
        self.gates[site.id.index()].flops()
    }

    fn gate_parameters(&self) -> u64 {
        self.gates.iter().map(Gate::stored).sum()
    }
}

impl Training {
    /// What multiplies the outputs when this share of training lies behind.
    fn mode(self, progress: f64) -> Mode {
        match self {
            Self::Soft if progress < 1.0 => Mode::Soft,
            Self::SoftFirst if progress < 0.5 => Mode::Soft,
            // Recovery runs behind the switch to hard gates, whatever came before.
            _ => Mode::Hard,
        }
    }
}
