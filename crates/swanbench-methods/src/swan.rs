//! Switchable Activation Networks: each unit has a switch that depends on the input.

mod budget;
mod gate;
mod settings;

use swanbench_core::{
    Capabilities, GateMap, GateRecord, Gated, Gates, InferenceCost, MethodDef, ModelMap,
    ParameterGroup, Parameters, Pass, Regularizer, Setup, Site, State, StateError, TrainProgress,
    TrainSchedule,
};
use swanbench_spec::Mode;
use swanbench_torch::{Factor, Switch, Switched, TorchError, switch};
use tch::Tensor;

use self::{
    budget::Penalty,
    gate::{Gate, gate_cost},
    settings::{Settings, Training},
};

/// Gates `p(x) = sigmoid((phi + u V read(x)) / tau)`, open where `p > T`, trained together with the
/// weights under a one-sided penalty on FLOPs above the target.
pub struct Swan {
    settings: Settings,
    penalty: Penalty,
    /// By site.
    gates: Vec<Gate>,
    /// By site, the units that static gates may open at inference; chosen at the first site of a
    /// pass.
    chosen: Vec<Tensor>,
    /// Whether these stay chosen: in the recovery of the first task, so that weights adapt to them.
    stays_chosen: bool,
    progress: f64,
}

impl MethodDef for Swan {
    const NAME: &'static str = "swan";
    const SUMMARY: &'static str = "every unit has a learned switch that looks at the input";
    const SOURCE: &'static str = "Ale et al. 2026, arXiv 2603.06601";
    const REVISION: u32 = 3;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.check()
    }

    fn check_schedule(settings: &Settings, schedule: &TrainSchedule) -> Result<(), String> {
        if settings.ramp.start < 1.0 || schedule.recovery_epochs > 0 {
            return Ok(());
        }
        Err("`ramp` starts at the end of training, and there are no recovery epochs: the budget would \
             never fall"
            .to_owned())
    }

    fn new(settings: Settings) -> Self {
        let (penalty, gates, chosen) = (Penalty::new(&settings), Vec::new(), Vec::new());
        Self { settings, penalty, gates, chosen, stays_chosen: false, progress: 0.0 }
    }
}

impl Regularizer for Swan {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            recovers: true,
            modes: &[Mode::Hard, Mode::Soft],
            closes_units: true,
            prunes_weights: false,
            thresholds: self.settings.threshold_sweep.clone(),
            ramp: Some(self.settings.ramp),
        }
    }

    fn attach(&mut self, mut setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        for site in &setup.map.sites {
            self.gates.push(Gate::new(site, &mut setup, &self.settings)?);
        }
        let inference = self.inference_cost(setup.map);
        self.penalty.attach(setup.map, setup.budget, inference, setup.device);
        Ok(vec![ParameterGroup {
            parameters: self
                .gates
                .iter()
                .flat_map(Gate::parameters)
                .map(Tensor::shallow_clone)
                .collect(),
            lr_scale: self.settings.gate_learning_rate_factor,
        }])
    }

    fn gate(&mut self, site: &Site, input: &Tensor, output: Tensor, pass: Pass) -> Gated {
        let Settings { temperature, input_gradient, .. } = self.settings;
        let gate = &self.gates[site.id.index()];
        let per_example = gate.depends_on_input();
        let mut logits =
            gate.logits(&if input_gradient { input.shallow_clone() } else { input.detach() });
        let is_final = self.progress >= 1.0 && pass == Pass::evaluate(Mode::Hard);
        if !per_example && (self.stays_chosen || is_final) {
            logits = self.within_budget(site, &logits);
        }
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

    fn gate_map(&self, site: &Site) -> Option<GateMap> {
        self.gates[site.id.index()].map(&self.settings)
    }

    fn penalty(&mut self, record: &GateRecord, progress: TrainProgress) -> Option<Tensor> {
        self.progress = progress.training();
        // Another task may need other units.
        self.stays_chosen &= progress.task_index == 1;
        self.penalty.of(record, self.progress)
    }

    fn start_recovery(&mut self, _: &ModelMap, _: &Parameters) -> Result<(), TorchError> {
        self.progress = 1.0;
        if self.gates.iter().all(|gate| !gate.depends_on_input()) {
            self.choose();
            self.stays_chosen = true;
        }
        Ok(())
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        state.keep("progress", &Tensor::from(self.progress));
        state.keep("stays_chosen", &Tensor::from(i64::from(self.stays_chosen)));
        state.keep_all("chosen", &self.chosen);
        self.penalty.keep(&mut state);
        Ok(state)
    }

    fn restore(
        &mut self,
        state: &State,
        _: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), StateError> {
        self.progress = state.get("progress")?.double_value(&[]);
        self.stays_chosen = state.get("stays_chosen")?.int64_value(&[]) != 0;
        self.chosen = state.all_on("chosen", parameters.device());
        self.penalty.restore(state)
    }

    fn inference_cost(&self, map: &ModelMap) -> InferenceCost {
        let gate = |site: &Site| gate_cost(map.deciding_layer(site), &self.settings);
        InferenceCost { gates: map.sites.iter().map(gate).collect(), ..InferenceCost::default() }
    }
}

impl Swan {
    /// Closes static gates beyond the budget, which training meets only up to a few units.
    fn within_budget(&mut self, site: &Site, logits: &Tensor) -> Tensor {
        if site.id.index() == 0 && !self.stays_chosen {
            self.choose();
        }
        logits.masked_fill(&self.chosen[site.id.index()].eq(0.0), f64::NEG_INFINITY)
    }

    fn choose(&mut self) {
        let logits: Vec<Tensor> = self.gates.iter().map(Gate::static_logits).collect();
        self.chosen = self.penalty.most_open(&logits);
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
