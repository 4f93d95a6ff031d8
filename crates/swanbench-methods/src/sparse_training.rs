//! Training that is sparse from the first step and moves its weights at intervals.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Capabilities, InferenceCost, ModelMap, ParameterGroup, Parameters, Regularizer, Restarted,
    Setup, State, StateError, TrainProgress, TrainSchedule,
};
use swanbench_torch::{Generator, TorchError, fan_in};
use tch::{Kind, Tensor};

use crate::{
    ranking::{Allocation, keep_highest, top},
    weight_masks::WeightMasks,
};

/// Where weights grow, as many as were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// Where the loss would fall fastest, from zero.
    Gradient,
    /// Anywhere, from a fresh draw.
    Random,
}

/// The rule by which the methods of this family differ.
pub trait Rule: Send + 'static {
    /// Where weights grow.
    const GROWTH: Growth;
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How the budget is spread over layers.
    allocation: Allocation,
    /// Steps from one move to the next.
    #[schemars(range(min = 1))]
    update_every: u32,
    /// The share of a layer's weights that the first move drops; it falls to zero as half a
    /// cosine.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1.0))]
    drop_fraction: f64,
    /// The share of training after which nothing moves.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1.0))]
    stop: f64,
}

impl Settings {
    /// Checks that weights move in a run of this length.
    pub fn check_schedule(&self, schedule: &TrainSchedule) -> Result<(), String> {
        let steps = (schedule.training_steps() as f64 * self.stop).ceil() as u64;
        if u64::from(self.update_every) < steps {
            return Ok(());
        }
        Err(format!(
            "`update_every` is {}, and there are {steps} steps before `stop`: no weight would move",
            self.update_every
        ))
    }
}

impl Default for Settings {
    /// The values of RigL's paper.
    fn default() -> Self {
        Self { allocation: Allocation::Erk, update_every: 100, drop_fraction: 0.3, stop: 0.75 }
    }
}

/// Random initial masks, and moves by a rule.
pub struct SparseTraining<R> {
    rule: PhantomData<R>,
    settings: Settings,
    generator: Option<Generator>,
    weights: WeightMasks,
    steps: i64,
}

impl<R: Rule> SparseTraining<R> {
    pub fn new(settings: Settings) -> Self {
        let weights = WeightMasks::default();
        Self { rule: PhantomData, settings, generator: None, weights, steps: 0 }
    }
}

impl<R: Rule> Regularizer for SparseTraining<R> {
    fn capabilities(&self) -> Capabilities {
        Capabilities { prunes_weights: true, ..Capabilities::default() }
    }

    /// Draws the initial masks.
    fn attach(&mut self, mut setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        let mut scores = Vec::new();
        for layer in &setup.map.layers {
            let weight = setup.parameters.get(layer.weight);
            scores.push(setup.generator.uniform(&weight.size(), 0.0, 1.0)?);
        }
        let limit = setup.budget.of_weights(setup.map);
        let masks = keep_highest(&scores, self.settings.allocation, |kept| limit.allows(kept));
        let _no_graph = tch::no_grad_guard();
        self.weights = WeightMasks::new(masks, setup.map, setup.parameters);
        self.generator = Some(setup.generator);
        Ok(Vec::new())
    }

    /// Moves weights at the interval, and masks the gradients of absent ones. Weights that stay keep
    /// their moments.
    fn after_backward(
        &mut self,
        _: &Parameters,
        progress: TrainProgress,
    ) -> Result<Vec<Restarted>, TorchError> {
        self.steps += 1;
        let mut restarted = Vec::new();
        let Settings { update_every, drop_fraction, stop, .. } = self.settings;
        let along = progress.training() / stop;
        if self.steps % i64::from(update_every) == 0 && along < 1.0 {
            let share = drop_fraction * f64::midpoint(1.0, (std::f64::consts::PI * along).cos());
            let generator = self.generator.as_mut().expect("attached");
            for (mask, weight) in self.weights.iter_mut() {
                let moved = move_weights(mask, weight, share, R::GROWTH, generator)?;
                let parameter = weight.shallow_clone();
                restarted.push(Restarted { parameter, kept: &*mask * &moved });
                *mask = moved;
            }
        }
        self.weights.mask_gradients();
        Ok(restarted)
    }

    fn after_step(&mut self, _: &Parameters, _: TrainProgress) -> Result<(), TorchError> {
        self.weights.apply_masks();
        Ok(())
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        state.keep_stream("growth", self.generator.as_ref().expect("attached"))?;
        state.keep("steps", &Tensor::from(self.steps));
        self.weights.keep(&mut state);
        Ok(state)
    }

    fn restore(
        &mut self,
        state: &State,
        map: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), StateError> {
        state.restore_stream("growth", self.generator.as_mut().expect("attached"))?;
        self.steps = state.get("steps")?.int64_value(&[]);
        self.weights = WeightMasks::restored(state, map, parameters);
        Ok(())
    }

    fn inference_cost(&self, _: &ModelMap) -> InferenceCost {
        self.weights.inference_cost()
    }
}

/// Drops the smallest weights of a layer, grows as many, and returns the new mask. A weight that
/// was just dropped may grow again, as in RigL.
fn move_weights(
    mask: &Tensor,
    weight: &Tensor,
    share: f64,
    growth: Growth,
    generator: &mut Generator,
) -> Result<Tensor, TorchError> {
    let present = mask.sum(Kind::Double).double_value(&[]) as i64;
    let absent = mask.numel() as i64 - present;
    let count = ((present as f64 * share) as i64).min(absent);
    let mut values = weight.detach();
    // A present weight ranks above any absent one, however small it is.
    let sizes = values.abs().masked_fill(&mask.eq(0.0), f64::NEG_INFINITY);
    let staying = top(&sizes, present - count) * mask;
    let grown_at = match growth {
        Growth::Gradient => weight.grad().abs(),
        Growth::Random => generator.uniform(&weight.size(), 0.0, 1.0)?,
    };
    let free = grown_at.masked_fill(&staying.to_kind(Kind::Bool), f64::NEG_INFINITY);
    let grown = top(&free, count);
    let bound = 1.0 / (fan_in(&weight.size()) as f64).sqrt();
    let _ = values.g_mul_(&staying);
    if growth == Growth::Random {
        let _ = values.g_add_(&(generator.uniform(&weight.size(), -bound, bound)? * &grown));
    }
    Ok(staying + grown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{generator, numbers};

    fn weight() -> (Tensor, Tensor) {
        let weight = Tensor::from_slice(&[0.1f32, -2.0, 0.0, 0.0, 3.0, 0.0]).view([2, 3]);
        let weight = weight.set_requires_grad(true);
        let factors = Tensor::from_slice(&[0.0f32, 1.0, -5.0, 2.0, 9.0, 4.0]).view([2, 3]);
        (&weight * factors).sum(Kind::Float).backward();
        let mask = weight.detach().ne(0.0).to_kind(Kind::Float);
        (mask, weight)
    }

    #[test]
    fn gradient_growth_starts_from_zero() {
        let (mask, weight) = weight();
        let _no_graph = tch::no_grad_guard();
        let after = move_weights(&mask, &weight, 0.34, Growth::Gradient, &mut generator()).unwrap();
        assert_eq!(numbers(&after), [0.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(numbers(&weight), [0.0, -2.0, 0.0, 0.0, 3.0, 0.0]);
    }

    #[test]
    fn random_growth_draws_as_many_weights_as_it_drops() {
        let (mask, weight) = weight();
        let _no_graph = tch::no_grad_guard();
        let after = move_weights(&mask, &weight, 0.67, Growth::Random, &mut generator()).unwrap();
        assert_eq!(after.sum(Kind::Double).double_value(&[]), 3.0);
        assert_eq!(numbers(&after)[4], 1.0, "the largest stays");
        let (after, values) = (numbers(&after), numbers(&weight));
        for (present, value) in after.into_iter().zip(values) {
            assert_eq!(present == 1.0, value != 0.0);
            // One over the root of three inputs.
            assert!(value == 3.0 || value.abs() <= 0.578);
        }
    }
}
