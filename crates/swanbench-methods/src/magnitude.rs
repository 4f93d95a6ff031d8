//! Magnitude pruning: what is small is removed for good, after training or in its course, and the
//! rest recovers.

mod settings;

use swanbench_core::{
    Gated, Gates, LayerId, Method, ModelMap, ParameterGroup, Parameters, Phase, Progress,
    Regularizer, Setup, Site, State, StateError,
};
use swanbench_spec::Stage;
use swanbench_torch::{Generator, TorchError, fan_in};
use tch::Tensor;

use self::settings::{Schedule, Scope, Score, Settings};
use crate::{
    ranking::{highest, keep_highest},
    weight_masks::WeightMasks,
};

/// Pruning of whole units (Li et al. 2017) or of single weights (Han et al. 2015): at once, between
/// training and recovery, or little by little in training.
pub struct Magnitude {
    settings: Settings,
    keep: f64,
    /// The share that is left.
    kept: f64,
    /// All parameters as they were at the epoch to go back to, from then on.
    ticket: Vec<Tensor>,
    /// By site, where another run says so.
    densities: Option<Vec<f64>>,
    /// None before [`Regularizer::attach`].
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

impl Method for Magnitude {
    const NAME: &'static str = "magnitude";
    const SUMMARY: &'static str = "small units or weights are removed after training";
    const SOURCE: &'static str =
        "units: Li et al. 2017, arXiv 1608.08710; weights: Han et al. 2015, arXiv 1506.02626";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(settings: Settings, target: f64) -> Self {
        let weights = WeightMasks::default();
        let (map, steps, generator, units) = (None, 0, None, Vec::new());
        let (kept, ticket, densities) = (1.0, Vec::new(), None);
        let keep = target;
        Self { settings, keep, kept, ticket, densities, map, steps, generator, units, weights }
    }

    fn check(settings: &Settings) -> Result<(), String> {
        settings.check()
    }
}

impl Regularizer for Magnitude {
    fn recovers(&self) -> bool {
        true
    }

    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        self.map = Some(setup.map.clone());
        self.generator = Some(setup.generator);
        self.densities = setup.densities.map(<[f64]>::to_vec);
        self.keep_ticket(setup.parameters, 0);
        Ok(Vec::new())
    }

    fn least_target(&self, map: &ModelMap) -> f64 {
        match self.settings.scope {
            Scope::Unit => map.one_unit_per_site(),
            Scope::Weight => 0.0,
        }
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, _: Phase) -> Gated {
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
        if self.kept > self.keep {
            self.prune(map, parameters, self.keep)?;
        }
        Ok(())
    }

    fn after_step(
        &mut self,
        parameters: &Parameters,
        progress: Progress,
    ) -> Result<(), TorchError> {
        if progress.stage == Stage::Raw {
            self.steps += 1;
            self.keep_ticket(parameters, progress.epoch);
            let keep = self.settings.keep(self.keep, progress.fraction);
            let gradual = self.settings.schedule == Schedule::Gradual;
            if keep < self.kept && (!gradual || self.steps % STEPS_BETWEEN == 0) {
                let map = self.map.take().expect("attached");
                self.prune(&map, parameters, keep)?;
                self.map = Some(map);
            }
        }
        self.weights.silence();
        Ok(())
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        state.keep_stream("scores", self.generator.as_ref().expect("attached"))?;
        state.keep("steps", &Tensor::from(self.steps));
        state.keep("kept", &Tensor::from(self.kept));
        state.keep_all("ticket", &self.ticket);
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
        let device = parameters.device();
        let all = |name| state.all(name).into_iter().map(|kept| kept.to_device(device)).collect();
        self.ticket = all("ticket");
        self.units = all("units");
        self.weights = WeightMasks::restored(state, map, parameters);
        Ok(())
    }

    fn weight_mask(&self, layer: LayerId) -> Option<&Tensor> {
        self.weights.get(layer)
    }
}

impl Magnitude {
    /// Leaves the share `keep` of units or weights.
    fn prune(
        &mut self,
        map: &ModelMap,
        parameters: &Parameters,
        keep: f64,
    ) -> Result<(), TorchError> {
        let allocation = self.settings.allocation();
        match self.settings.scope {
            Scope::Unit => {
                let mut scores = Vec::new();
                for site in &map.sites {
                    let size = self.unit_scores(map, site, parameters)?;
                    // What is gone does not come back.
                    scores.push(match self.units.get(site.id.index()) {
                        Some(mask) => (size + 1.0) * mask,
                        None => size,
                    });
                }
                self.units = match &self.densities {
                    None => keep_highest(&scores, keep, allocation),
                    // Nothing is pruned yet where everything is still to be kept.
                    Some(densities) => {
                        let progress = keep.ln() / self.keep.ln();
                        let shares = densities.iter().map(|density| density.powf(progress));
                        scores
                            .iter()
                            .zip(shares)
                            .map(|(scores, share)| highest(scores, share))
                            .collect()
                    }
                };
            }
            Scope::Weight => {
                let weights = map.layers.iter().map(|layer| parameters.get(layer.weight));
                let mut scores = Vec::new();
                for (weight, layer) in weights.zip(&map.layers) {
                    let size = self.weight_scores(weight)?;
                    scores.push(match self.weights.get(layer.id) {
                        Some(mask) => (size + 1.0) * mask,
                        None => size,
                    });
                }
                let masks = keep_highest(&scores, keep, allocation);
                self.weights = WeightMasks::new(masks, map, parameters);
            }
        }
        self.kept = keep;
        for (parameter, early) in parameters.tensors().iter().zip(&self.ticket) {
            parameter.detach().copy_(early);
        }
        self.weights.silence();
        Ok(())
    }

    /// Copies the parameters at the epoch to go back to.
    fn keep_ticket(&mut self, parameters: &Parameters, epoch: u32) {
        if self.ticket.is_empty() && self.settings.rewind_to_epoch == Some(epoch) {
            self.ticket =
                parameters.tensors().iter().map(|tensor| tensor.detach().copy()).collect();
        }
    }

    fn weight_scores(&mut self, weight: &Tensor) -> Result<Tensor, TorchError> {
        match self.settings.score {
            Score::L1 | Score::L2 => Ok(weight.abs()),
            Score::Random => self.draw(&weight.size()),
        }
    }

    /// Mean over a unit's incoming weights, `[units]`, so that layers of different width compare.
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

#[cfg(test)]
mod tests {
    use swanbench_core::{Plan, Stream};
    use tch::{Device, Kind};

    use super::*;
    use crate::ranking::Allocation;

    /// 2 inputs -> 4 units -> 2 classes, with weights by hand.
    fn model() -> (ModelMap, Parameters) {
        let mut plan = Plan::new([2, 1, 1], 2, 1.0);
        let (_, signal) = plan.linear("hidden", plan.input(), 4);
        let (_, signal) = plan.site("hidden", signal);
        plan.linear("last", signal, 2);
        let map = plan.finish();
        let mut init = Stream::Init.generator(0, Device::Cpu).unwrap();
        let parameters = Parameters::initialise(&map, &mut init, Device::Cpu).unwrap();
        let set = |layer: usize, values: &[[f32; 2]]| {
            let mut weight = parameters.get(map.layers[layer].weight).detach();
            weight.copy_(&Tensor::from_slice2(values).reshape(weight.size()));
        };
        // Mean |w| of the units: 3, 2.5, 0.5, 2; root mean squares order the middle two otherwise.
        set(0, &[[3.0, -3.0], [0.0, -5.0], [0.5, 0.5], [2.0, 2.0]]);
        set(1, &[[0.1, -0.2], [0.3, 0.4], [-0.05, 0.06], [0.07, -0.08]]);
        (map, parameters)
    }

    fn pruned(settings: Settings, keep: f64) -> (Magnitude, ModelMap, Parameters) {
        let (map, parameters) = model();
        let mut method = Magnitude::new(settings, keep);
        let generator = Stream::Method.generator(0, Device::Cpu).unwrap();
        let setup = Setup {
            map: &map,
            parameters: &parameters,
            generator,
            device: Device::Cpu,
            densities: None,
        };
        method.attach(setup).unwrap();
        let _no_graph = tch::no_grad_guard();
        method.start_recovery(&map, &parameters).unwrap();
        (method, map, parameters)
    }

    fn numbers(tensor: &Tensor) -> Vec<f32> {
        Vec::try_from(tensor.flatten(0, -1)).unwrap()
    }

    #[test]
    fn the_units_with_the_smallest_incoming_weights_go() {
        let (mut method, map, _) = pruned(Settings::default(), 0.5);
        let output = Tensor::ones([3, 4], (Kind::Float, Device::Cpu));
        let gated = method.gate(&map.sites[0], &output, output.shallow_clone(), Phase::Train);
        assert_eq!(numbers(&gated.output), [1.0, 1.0, 0.0, 0.0].repeat(3));
        assert_eq!(numbers(&gated.gates.unwrap().hard), [1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn l2_weighs_large_weights_more() {
        let (method, ..) = pruned(Settings { score: Score::L2, ..Settings::default() }, 0.25);
        // Sums of squares: 18, 25, 0.5, 8.
        assert_eq!(numbers(&method.units[0]), [0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn before_pruning_nothing_is_gated() {
        let (map, _) = model();
        let mut method = Magnitude::new(Settings::default(), 0.5);
        let output = Tensor::ones([1, 4], (Kind::Float, Device::Cpu));
        let gated = method.gate(&map.sites[0], &output, output.shallow_clone(), Phase::Train);
        assert!(gated.gates.is_none());
    }

    #[test]
    fn single_weights_go_layer_by_layer_and_stay_gone() {
        let settings = Settings {
            scope: Scope::Weight,
            allocation: Some(Allocation::Uniform),
            ..Settings::default()
        };
        let (mut method, map, parameters) = pruned(settings, 0.25);
        let (first, last) = (map.layers[0].id, map.layers[1].id);
        assert_eq!(numbers(method.weight_mask(first).unwrap()), [1., 0., 0., 1., 0., 0., 0., 0.]);
        assert_eq!(numbers(method.weight_mask(last).unwrap()), [0., 0., 1., 1., 0., 0., 0., 0.]);
        let weight = parameters.get(map.layers[0].weight).detach();
        assert_eq!(numbers(&weight), [3.0, 0.0, 0.0, -5.0, 0.0, 0.0, 0.0, 0.0]);

        // An optimizer step moves every weight; the mask takes the removed ones back to zero.
        let _no_graph = tch::no_grad_guard();
        let _ = weight.shallow_clone().g_add_scalar_(1.0);
        let progress = Progress { stage: Stage::FineTuned, fraction: 0.0, epoch: 0 };
        method.after_step(&parameters, progress).unwrap();
        assert_eq!(numbers(&weight), [4.0, 0.0, 0.0, -4.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn weights_of_all_layers_compete_for_one_budget_unless_said_otherwise() {
        let settings = Settings { scope: Scope::Weight, ..Settings::default() };
        let (method, map, _) = pruned(settings, 0.5);
        let kept = |layer: usize| {
            let mask = method.weight_mask(map.layers[layer].id).unwrap();
            mask.sum(Kind::Double).double_value(&[])
        };
        // The first layer's seven weights that are not zero, and the best of the last.
        assert_eq!([kept(0), kept(1)], [7.0, 1.0]);
    }

    #[test]
    fn the_gradual_schedule_prunes_fast_at_first_and_lets_nothing_come_back() {
        let keep = |schedule, at| Settings { schedule, ..Settings::default() }.keep(0.2, at);
        assert_eq!([0.0, 1.0].map(|at| keep(Schedule::Gradual, at)), [1.0, 0.2]);
        assert!((keep(Schedule::Gradual, 0.5) - 0.3).abs() < 1e-12);
        assert_eq!([0.0, 0.99, 1.0].map(|at| keep(Schedule::OneShot, at)), [1.0, 1.0, 0.2]);

        let settings = Settings { schedule: Schedule::Gradual, ..Settings::default() };
        let (mut method, _, parameters) = pruned(settings, 0.75);
        // The third unit is gone, and its weights grow past all others.
        let weight = parameters.get(method.map.as_ref().unwrap().layers[0].weight);
        let _no_graph = tch::no_grad_guard();
        let _ = weight.detach().select(0, 2).fill_(100.0);
        method.keep = 0.5;
        assert_eq!(method.kept, 0.75);
        for _ in 0..STEPS_BETWEEN {
            let progress = Progress { stage: Stage::Raw, fraction: 1.0, epoch: 9 };
            method.after_step(&parameters, progress).unwrap();
        }
        assert_eq!(numbers(&method.units[0]), [1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn the_iterative_schedule_leaves_the_same_share_of_what_is_left_every_time() {
        let settings =
            Settings { schedule: Schedule::Iterative, rounds: Some(2), ..Settings::default() };
        let keep = [0.0, 0.49, 0.5, 0.99, 1.0].map(|at| settings.keep(0.25, at));
        assert_eq!(keep, [1.0, 1.0, 0.5, 0.5, 0.25]);
    }

    #[test]
    fn a_ticket_goes_back_to_its_early_weights_without_what_was_pruned() {
        let settings =
            Settings { scope: Scope::Weight, rewind_to_epoch: Some(0), ..Settings::default() };
        let (map, parameters) = model();
        let mut method = Magnitude::new(settings, 2.0 / 16.0);
        let generator = Stream::Method.generator(0, Device::Cpu).unwrap();
        let setup = Setup {
            map: &map,
            parameters: &parameters,
            generator,
            device: Device::Cpu,
            densities: None,
        };
        method.attach(setup).unwrap();
        // Training makes small what was large, and the last layer the largest.
        let _no_graph = tch::no_grad_guard();
        let weight = |layer: usize| parameters.get(map.layers[layer].weight).detach();
        let _ = weight(0).g_mul_scalar_(-0.5);
        let _ = weight(1).select(0, 1).fill_(1.0);
        method.start_recovery(&map, &parameters).unwrap();
        assert_eq!(numbers(&weight(0)), [0.0, 0.0, 0.0, -5.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(numbers(&weight(1)), [0.0, 0.0, 0.0, 0.0, -0.05, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn densities_of_another_run_take_the_place_of_the_allocation() {
        let (map, parameters) = model();
        let mut method = Magnitude::new(Settings::default(), 0.5);
        let generator = Stream::Method.generator(0, Device::Cpu).unwrap();
        let densities = Some(&[0.2][..]);
        let setup =
            Setup { map: &map, parameters: &parameters, generator, device: Device::Cpu, densities };
        method.attach(setup).unwrap();
        let _no_graph = tch::no_grad_guard();
        method.start_recovery(&map, &parameters).unwrap();
        // A fifth of four units, though the target is half of them.
        assert_eq!(numbers(&method.units[0]), [1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        let rounds = Settings { rounds: Some(3), ..Settings::default() };
        assert_eq!(rounds.check().unwrap_err(), "`rounds` is for `schedule: iterative`");
        let gradual = Settings { schedule: Schedule::Gradual, ..Settings::default() };
        assert!(gradual.check().is_ok());
        let both = Settings { rewind_to_epoch: Some(1), ..gradual.clone() };
        assert!(both.check().unwrap_err().starts_with("`rewind_to_epoch` is for"));
    }
}
