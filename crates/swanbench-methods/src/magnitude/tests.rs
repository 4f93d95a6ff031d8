//! Pruning by hand-made weights.

use swanbench_core::{ModelBuilder, SeedStream};
use tch::{Device, Kind};

use super::*;
use crate::ranking::Allocation;

/// 2 inputs -> 4 units -> 2 classes, with weights by hand.
fn model() -> (ModelMap, Parameters) {
    let mut plan = ModelBuilder::new([2, 1, 1], 2, 1.0);
    let (_, signal) = plan.linear("hidden", plan.input(), 4);
    let (_, signal) = plan.site("hidden", signal);
    plan.linear("last", signal, 2);
    let map = plan.finish();
    let mut init = SeedStream::Init.generator(0, Device::Cpu).unwrap();
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

fn attached(
    settings: Settings,
    keep: f64,
    densities: Option<&[f64]>,
) -> (Magnitude, ModelMap, Parameters) {
    let (map, parameters) = model();
    let mut method = Magnitude::new(settings, keep);
    let (device, generator) =
        (Device::Cpu, SeedStream::MethodDef.generator(0, Device::Cpu).unwrap());
    let setup = Setup { map: &map, parameters: &parameters, generator, device, densities };
    method.attach(setup).unwrap();
    (method, map, parameters)
}

fn pruned(settings: Settings, keep: f64) -> (Magnitude, ModelMap, Parameters) {
    let (mut method, map, parameters) = attached(settings, keep, None);
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
    let gated = method.gate(&map.sites[0], &output, output.shallow_clone(), Pass::Train);
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
    let gated = method.gate(&map.sites[0], &output, output.shallow_clone(), Pass::Train);
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
    let progress = TrainProgress { stage: Stage::Recovery, fraction: 0.0, epoch: 0 };
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
        let progress = TrainProgress { stage: Stage::Training, fraction: 1.0, epoch: 9 };
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
    let (mut method, map, parameters) = attached(settings, 2.0 / 16.0, None);
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
    let (mut method, map, parameters) = attached(Settings::default(), 0.5, Some(&[0.2]));
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
