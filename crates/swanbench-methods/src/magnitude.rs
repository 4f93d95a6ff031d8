//! Magnitude pruning: small units or weights are removed for good, after or during training, and
//! the rest recovers.

mod settings;
#[cfg(test)]
mod tests;

use swanbench_core::{
    Budget, Capabilities, Gated, Gates, InferenceCost, LayerId, MethodDef, ModelMap,
    ParameterGroup, Parameters, Pass, Regularizer, Restarted, Setup, Site, State, StateError,
    TrainProgress, TrainSchedule, UnitCost,
};
use swanbench_spec::Stage;
use swanbench_torch::{Generator, TorchError, fan_in};
use tch::Tensor;

use self::settings::{Schedule, Scope, Score, Settings};
use crate::{
    ranking::{keep_highest, keep_shares},
    weight_masks::WeightMasks,
};

/// Pruning of whole units (Li et al. 2017) or of single weights (Han et al. 2015): at once, between
/// training and recovery, or gradually in training.
pub struct Magnitude {
    settings: Settings,
    budget: Budget,
    /// The share of the budget's whole that is left now.
    kept: f64,
    /// The number of the present task, counted from 1.
    task_index: u32,
    /// Copies of all parameters from the epoch to rewind to; empty before it.
    early: Vec<Tensor>,
    /// By site, if another run sets them.
    densities: Option<Vec<f64>>,
    /// `None` before [`Regularizer::attach`].
    map: Option<ModelMap>,
    steps: i64,
    generator: Option<Generator>,
    /// By site, `[units]` in {0, 1}; empty until units are pruned.
    units: Vec<Tensor>,
    /// Empty until weights are pruned.
    weights: WeightMasks,
}

/// Steps between two prunings of the gradual schedule (Zhu and Gupta 2017).
const STEPS_BETWEEN: i64 = 100;
/// The share of a later task after which what has regrown is pruned.
const REGROWN: f64 = 0.6;

impl MethodDef for Magnitude {
    const NAME: &'static str = "magnitude";
    const SUMMARY: &'static str = "small units or weights are removed after training";
    const SOURCE: &'static str =
        "units: Li et al. 2017, arXiv 1608.08710; weights: Han et al. 2015, arXiv 1506.02626";
    const REVISION: u32 = 3;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(settings: Settings) -> Self {
        let weights = WeightMasks::default();
        let (map, steps, generator, units) = (None, 0, None, Vec::new());
        let (kept, early, densities) = (1.0, Vec::new(), None);
        let (budget, task_index) = (Budget::default(), 1);
        Self {
            settings,
            budget,
            kept,
            task_index,
            early,
            densities,
            map,
            steps,
            generator,
            units,
            weights,
        }
    }

    fn check(settings: &Settings) -> Result<(), String> {
        settings.check()
    }

    fn check_schedule(settings: &Settings, schedule: &TrainSchedule) -> Result<(), String> {
        settings.check_schedule(schedule)
    }
}

impl Regularizer for Magnitude {
    fn capabilities(&self) -> Capabilities {
        let closes_units = self.settings.scope == Scope::Unit;
        let prunes_weights = !closes_units;
        Capabilities { recovers: true, closes_units, prunes_weights, ..Capabilities::default() }
    }

    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        self.map = Some(setup.map.clone());
        self.budget = setup.budget;
        self.generator = Some(setup.generator);
        self.densities = setup.densities.map(<[f64]>::to_vec);
        Ok(Vec::new())
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, _: Pass) -> Gated {
        match self.units.get(site.id.index()) {
            None => Gated::open(output),
            Some(mask) => Gated::by(Gates::fixed(mask), &output),
        }
    }

    fn start_recovery(
        &mut self,
        map: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), TorchError> {
        if self.kept > self.budget.target {
            self.prune(map, parameters, self.budget.target)?;
        }
        Ok(())
    }

    /// Copies the parameters before the first step after the epoch to rewind to.
    fn after_backward(
        &mut self,
        parameters: &Parameters,
        progress: TrainProgress,
    ) -> Result<Vec<Restarted>, TorchError> {
        if progress.stage == Stage::Training {
            self.keep_early(parameters, progress.epoch);
        }
        Ok(Vec::new())
    }

    fn after_step(
        &mut self,
        parameters: &Parameters,
        progress: TrainProgress,
    ) -> Result<(), TorchError> {
        if self.settings.regrow && progress.task_index > self.task_index {
            (self.kept, self.units, self.weights) = (1.0, Vec::new(), WeightMasks::default());
        }
        self.task_index = progress.task_index;
        let along = match progress.stage {
            Stage::Training => Some(progress.fraction),
            Stage::Recovery if self.settings.regrow && progress.task_index > 1 => {
                Some((progress.fraction / REGROWN).min(1.0))
            }
            Stage::Recovery => None,
        };
        if let Some(along) = along {
            self.steps += 1;
            let keep = self.settings.keep(self.budget.target, along);
            let gradual = self.settings.schedule == Schedule::Gradual;
            let is_due = !gradual || self.steps % STEPS_BETWEEN == 0 || along >= 1.0;
            if keep < self.kept && is_due {
                let map = self.map.take().expect("attached");
                self.prune(&map, parameters, keep)?;
                self.map = Some(map);
            }
        }
        self.weights.apply_masks();
        Ok(())
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        state.keep_stream("scores", self.generator.as_ref().expect("attached"))?;
        state.keep("steps", &Tensor::from(self.steps));
        state.keep("kept", &Tensor::from(self.kept));
        state.keep("task", &Tensor::from(i64::from(self.task_index)));
        state.keep_all("early", &self.early);
        state.keep_all("units", &self.units);
        self.weights.keep(&mut state);
        Ok(state)
    }

    fn restore(
        &mut self,
        state: &State,
        map: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), StateError> {
        state.restore_stream("scores", self.generator.as_mut().expect("attached"))?;
        self.steps = state.get("steps")?.int64_value(&[]);
        self.kept = state.get("kept")?.double_value(&[]);
        self.task_index = state.get("task")?.int64_value(&[]) as u32;
        self.early = state.all_on("early", parameters.device());
        self.units = state.all_on("units", parameters.device());
        self.weights = WeightMasks::restored(state, map, parameters);
        Ok(())
    }

    fn inference_cost(&self, _: &ModelMap) -> InferenceCost {
        self.weights.inference_cost()
    }
}

impl Magnitude {
    /// Leaves the share `keep` of what the budget counts.
    fn prune(
        &mut self,
        map: &ModelMap,
        parameters: &Parameters,
        keep: f64,
    ) -> Result<(), TorchError> {
        match self.settings.scope {
            Scope::Unit => self.prune_units(map, parameters, keep)?,
            Scope::Weight => self.prune_weights(map, parameters, keep)?,
        }
        self.kept = keep;
        for (parameter, early) in parameters.tensors().iter().zip(&self.early) {
            parameter.detach().copy_(early);
        }
        self.weights.apply_masks();
        Ok(())
    }

    fn prune_units(
        &mut self,
        map: &ModelMap,
        parameters: &Parameters,
        keep: f64,
    ) -> Result<(), TorchError> {
        let mut scores = Vec::new();
        for site in &map.sites {
            let size = self.unit_scores(map, site, parameters)?;
            scores.push(above_pruned(size, self.units.get(site.id.index())));
        }
        let limit = self.budget.at(keep).of_units(map, UnitCost::default());
        let allows = |open: &[f64]| limit.allows(open);
        self.units = match &self.densities {
            None => keep_highest(&scores, self.settings.allocation(), allows),
            Some(densities) => keep_shares(&scores, |t| in_proportion(densities, t), allows),
        };
        Ok(())
    }

    fn prune_weights(
        &mut self,
        map: &ModelMap,
        parameters: &Parameters,
        keep: f64,
    ) -> Result<(), TorchError> {
        let mut scores = Vec::new();
        for layer in &map.layers {
            let size = self.weight_scores(parameters.get(layer.weight))?;
            scores.push(above_pruned(size, self.weights.get(layer.id)));
        }
        let limit = self.budget.at(keep).of_weights(map);
        let masks = keep_highest(&scores, self.settings.allocation(), |kept| limit.allows(kept));
        self.weights = WeightMasks::new(masks, map, parameters);
        Ok(())
    }

    /// Copies the parameters at the epoch to rewind to.
    fn keep_early(&mut self, parameters: &Parameters, epoch: u32) {
        if self.early.is_empty() && self.settings.rewind_to_epoch == Some(epoch) {
            self.early = parameters.tensors().iter().map(|tensor| tensor.detach().copy()).collect();
        }
    }

    fn weight_scores(&mut self, weight: &Tensor) -> Result<Tensor, TorchError> {
        match self.settings.score {
            Score::L1 | Score::L2 => Ok(weight.abs()),
            Score::Random => self.draw(&weight.size()),
        }
    }

    /// Averages over a unit's incoming weights, `[units]`, so that layers of different width
    /// compare.
    fn unit_scores(
        &mut self,
        map: &ModelMap,
        site: &Site,
        parameters: &Parameters,
    ) -> Result<Tensor, TorchError> {
        let measure: fn(&Tensor) -> Tensor = match self.settings.score {
            Score::Random => return self.draw(&[site.units]),
            Score::L1 => Tensor::abs,
            Score::L2 => Tensor::square,
        };
        let score = |&producer: &LayerId| {
            let weight = parameters.get(map.layer(producer).weight);
            let rows = measure(&weight.flatten(1, -1));
            rows.sum_dim_intlist(1i64, false, None) / fan_in(&weight.size()) as f64
        };
        let parts: Vec<Tensor> = site.producers.iter().map(score).collect();
        Ok(Tensor::stack(&parts, 0).sum_dim_intlist(0i64, false, None))
    }

    fn draw(&mut self, shape: &[i64]) -> Result<Tensor, TorchError> {
        let generator = self.generator.as_mut().expect("attached before pruning");
        generator.uniform(shape, 0.0, 1.0)
    }
}

/// Returns shares that grow with `t` from none over `densities`, at 1/2, to all.
fn in_proportion(densities: &[f64], t: f64) -> Vec<f64> {
    densities.iter().map(|density| density.powf((1.0 - t) / t)).collect()
}

/// Ranks what is still there above what was pruned, which stays pruned.
fn above_pruned(size: Tensor, mask: Option<&Tensor>) -> Tensor {
    match mask {
        Some(mask) => size.masked_fill(&mask.eq(0.0), f64::NEG_INFINITY),
        None => size,
    }
}
