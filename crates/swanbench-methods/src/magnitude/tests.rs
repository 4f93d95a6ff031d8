//! Tests of pruning with weights set by hand.

use super::*;
use crate::{
    ranking::Allocation,
    testing::{gate_ones, hidden, numbers, parameters, progress, setup},
};

/// 2 inputs -> 4 units -> 2 classes, with weights by hand.
fn model() -> (ModelMap, Parameters) {
    let map = hidden(2, 4);
    let parameters = parameters(&map);
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
    share: f64,
    densities: Option<&[f64]>,
) -> (Magnitude, ModelMap, Parameters) {
    let (map, parameters) = model();
    let mut method = Magnitude::new(settings);
    method.attach(Setup { densities, ..setup(&map, &parameters, share) }).unwrap();
    (method, map, parameters)
}

fn pruned(settings: Settings, share: f64) -> (Magnitude, ModelMap, Parameters) {
    let (mut method, map, parameters) = attached(settings, share, None);
    let _no_graph = tch::no_grad_guard();
    method.start_recovery(&map, &parameters).unwrap();
    (method, map, parameters)
}

fn mask(method: &Magnitude, map: &ModelMap, layer: usize) -> Vec<f64> {
    numbers(method.inference_cost(map).weight_mask(map.layers[layer].id).unwrap())
}

#[test]
fn units_with_small_incoming_weights_are_pruned() {
    let (mut method, map, _) = pruned(Settings::default(), 0.5);
    let gated = gate_ones(&mut method, &map, 3, Pass::Train);
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
    let mut method = Magnitude::new(Settings::default());
    assert!(gate_ones(&mut method, &map, 1, Pass::Train).gates.is_none());
}

#[test]
fn pruned_weights_stay_zero() {
    let settings = Settings {
        scope: Scope::Weight,
        allocation: Some(Allocation::Uniform),
        ..Settings::default()
    };
    let (mut method, map, parameters) = pruned(settings, 0.25);
    assert_eq!(mask(&method, &map, 0), [1., 0., 0., 1., 0., 0., 0., 0.]);
    assert_eq!(mask(&method, &map, 1), [0., 0., 1., 1., 0., 0., 0., 0.]);
    let weight = parameters.get(map.layers[0].weight).detach();
    assert_eq!(numbers(&weight), [3.0, 0.0, 0.0, -5.0, 0.0, 0.0, 0.0, 0.0]);

    // An optimizer step moves every weight; the mask takes the removed ones back to zero.
    let _no_graph = tch::no_grad_guard();
    let _ = weight.shallow_clone().g_add_scalar_(1.0);
    method.after_step(&parameters, progress(Stage::Recovery)).unwrap();
    assert_eq!(numbers(&weight), [4.0, 0.0, 0.0, -4.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn weights_of_all_layers_compete_by_default() {
    let settings = Settings { scope: Scope::Weight, ..Settings::default() };
    let (method, map, _) = pruned(settings, 0.5);
    let kept = |layer| mask(&method, &map, layer).iter().sum::<f64>();
    // The first layer's seven weights that are not zero, and the best of the last.
    assert_eq!([kept(0), kept(1)], [7.0, 1.0]);
}

#[test]
fn the_gradual_schedule_never_restores_units() {
    let keep = |schedule, at| Settings { schedule, ..Settings::default() }.keep(0.2, at);
    assert_eq!([0.0, 1.0].map(|at| keep(Schedule::Gradual, at)), [1.0, 0.2]);
    assert!((keep(Schedule::Gradual, 0.5) - 0.3).abs() < 1e-12);
    assert_eq!([0.0, 0.99, 1.0].map(|at| keep(Schedule::OneShot, at)), [1.0, 1.0, 0.2]);

    let settings = Settings { schedule: Schedule::Gradual, ..Settings::default() };
    let (mut method, _, parameters) = pruned(settings, 0.75);
    // The third unit is pruned, and its weights grow past all others.
    let weight = parameters.get(method.map.as_ref().unwrap().layers[0].weight);
    let _no_graph = tch::no_grad_guard();
    let _ = weight.detach().select(0, 2).fill_(100.0);
    method.budget.target = 0.5;
    assert_eq!(method.kept, 0.75);
    for _ in 0..STEPS_BETWEEN {
        method.after_step(&parameters, at(1, 1.0)).unwrap();
    }
    assert_eq!(numbers(&method.units[0]), [1.0, 1.0, 0.0, 0.0]);
}

/// Returns a position in the training of a task.
fn at(task_index: u32, fraction: f64) -> TrainProgress {
    let stage = if task_index == 1 { Stage::Training } else { Stage::Recovery };
    TrainProgress { task_index, stage, fraction, epoch: 9 }
}

#[test]
fn units_regrow_in_a_later_task_and_are_pruned_again() {
    let settings = Settings { schedule: Schedule::Gradual, regrow: true, ..Settings::default() };
    let (mut method, map, parameters) = pruned(settings, 0.5);
    assert_eq!(numbers(&method.units[0]), [1.0, 1.0, 0.0, 0.0]);
    let _no_graph = tch::no_grad_guard();
    method.after_step(&parameters, at(1, 1.0)).unwrap();
    assert!(!method.units.is_empty(), "not in the first task");
    method.after_step(&parameters, at(2, 0.0)).unwrap();
    assert!(method.units.is_empty(), "everything is open again");
    // The new task makes the last unit the largest.
    let _ = parameters.get(map.layers[0].weight).detach().select(0, 3).fill_(100.0);
    for _ in 0..STEPS_BETWEEN {
        method.after_step(&parameters, at(2, 0.9)).unwrap();
    }
    assert_eq!(numbers(&method.units[0]), [1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn the_iterative_schedule_prunes_equal_shares() {
    let settings =
        Settings { schedule: Schedule::Iterative, rounds: Some(2), ..Settings::default() };
    let keep = [0.0, 0.49, 0.5, 0.99, 1.0].map(|at| settings.keep(0.25, at));
    assert_eq!(keep, [1.0, 1.0, 0.5, 0.5, 0.25]);
}

#[test]
fn rewinding_restores_the_weights_at_the_end_of_an_epoch() {
    let settings =
        Settings { scope: Scope::Weight, rewind_to_epoch: Some(1), ..Settings::default() };
    let (mut method, map, parameters) = attached(settings, 2.0 / 16.0, None);
    let _no_graph = tch::no_grad_guard();
    let weight = |layer: usize| parameters.get(map.layers[layer].weight).detach();
    let mut step = |epoch: u32| {
        let now = TrainProgress { epoch, ..progress(Stage::Training) };
        method.after_backward(&parameters, now).unwrap();
        // The optimizer moves the first layer.
        let _ = weight(0).g_mul_scalar_(2.0);
        method.after_step(&parameters, now).unwrap();
    };
    // One step is an epoch, and the first one is kept.
    (0..3).for_each(&mut step);
    // Training makes the last layer the largest but for one weight.
    let _ = weight(1).select(0, 1).fill_(39.0);
    method.start_recovery(&map, &parameters).unwrap();
    assert_eq!(numbers(&weight(0)), [0.0, 0.0, 0.0, -10.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(numbers(&weight(1)), [0.0, 0.0, 0.0, 0.0, f64::from(-0.05f32), 0.0, 0.0, 0.0]);
}

#[test]
fn settings_that_do_nothing_are_refused() {
    let schedule = TrainSchedule {
        training_epochs: 4,
        recovery_epochs: 1,
        steps_per_epoch: 10,
        later_tasks: 0,
    };
    let message = |settings: Settings, schedule: TrainSchedule| {
        settings.check().and_then(|()| settings.check_schedule(&schedule)).unwrap_err()
    };
    let weights = Settings { scope: Scope::Weight, ..Settings::default() };
    let l2 = Settings { score: Score::L2, ..weights.clone() };
    assert!(message(l2, schedule).starts_with("`score: l2` ranks single weights as `l1`"));
    let erk = Settings { allocation: Some(Allocation::Erk), ..Settings::default() };
    assert!(message(erk, schedule).starts_with("`allocation: erk` is for weights"));
    let gradual = Settings { schedule: Schedule::Gradual, ..Settings::default() };
    let short = "`schedule: gradual` prunes every 100 steps, and training has 40";
    assert_eq!(message(gradual.clone(), schedule), short);
    let long = TrainSchedule { steps_per_epoch: 25, ..schedule };
    assert_eq!(gradual.check_schedule(&long), Ok(()));
    let regrow = Settings { regrow: true, ..gradual };
    assert!(message(regrow.clone(), long).starts_with("`regrow` is for later `phases`"));
    assert_eq!(regrow.check_schedule(&TrainSchedule { later_tasks: 1, ..long }), Ok(()));
    let rewound = |epoch| Settings { rewind_to_epoch: Some(epoch), ..weights.clone() };
    let late = "`rewind_to_epoch` is 4, and the first pruning comes after 4 epochs";
    assert_eq!(message(rewound(4), schedule), late);
    assert_eq!(rewound(3).check_schedule(&schedule), Ok(()));
    let no_recovery = TrainSchedule { recovery_epochs: 0, ..schedule };
    assert!(message(rewound(1), no_recovery).starts_with("`rewind_to_epoch` needs recovery"));
    let iterative = Settings { schedule: Schedule::Iterative, ..rewound(1) };
    assert!(message(iterative, schedule).ends_with("the first pruning comes after 0.8 epochs"));
    let many = Settings { schedule: Schedule::Iterative, rounds: Some(41), ..Settings::default() };
    assert_eq!(message(many, schedule), "`rounds` is 41, and training has 40 steps");
}

#[test]
fn densities_of_another_run_replace_the_allocation() {
    assert_eq!(in_proportion(&[0.2, 0.5], 0.5), [0.2, 0.5]);
    assert_eq!(in_proportion(&[0.2, 0.5], 1.0), [1.0, 1.0]);
    assert_eq!(in_proportion(&[0.2, 0.5], 0.0), [0.0, 0.0]);
    let (mut method, map, parameters) = attached(Settings::default(), 0.5, Some(&[0.2]));
    let _no_graph = tch::no_grad_guard();
    method.start_recovery(&map, &parameters).unwrap();
    // Scaled to the budget: half of the only site's units.
    assert_eq!(numbers(&method.units[0]), [1.0, 1.0, 0.0, 0.0]);
}

#[test]
fn contradictory_settings_are_refused() {
    let rounds = Settings { rounds: Some(3), ..Settings::default() };
    assert_eq!(rounds.check().unwrap_err(), "`rounds` is for `schedule: iterative`");
    let gradual = Settings { schedule: Schedule::Gradual, ..Settings::default() };
    assert!(gradual.check().is_ok());
    let both = Settings { rewind_to_epoch: Some(1), ..gradual.clone() };
    assert!(both.check().unwrap_err().starts_with("`rewind_to_epoch` is for"));
}
