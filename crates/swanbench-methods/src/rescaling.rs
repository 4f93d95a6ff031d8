//! Choices by scores are the same for the same function of other weights: layers on other scales, and
//! units in another order.

use serde_json::{Value, json};
use swanbench_core::{ModelBuilder, ModelMap, Parameters, Pass, Regularizer, TrainProgress};
use swanbench_spec::{ComponentConfig, Stage};
use tch::{Kind, Tensor};

use crate::{
    METHODS,
    testing::{numbers, parameters, setup},
};

/// 6 inputs -> 8 -> 5 units -> 3 classes.
fn model() -> ModelMap {
    let mut builder = ModelBuilder::new([6, 1, 1], 3, 1.0);
    let mut signal = builder.input();
    for (name, units) in [("first", 8), ("second", 5)] {
        let output = builder.linear(name, signal, units);
        signal = builder.site(name, output);
    }
    builder.linear("last", signal, 3);
    builder.finish()
}

/// Methods that choose by weights or their gradients, layer by layer.
fn methods() -> Vec<(&'static str, Value)> {
    let magnitude = |more: Value| {
        let mut settings = json!({ "allocation": "uniform" });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("magnitude", settings)
    };
    vec![
        magnitude(json!({})),
        magnitude(json!({ "score": "l2" })),
        magnitude(json!({ "score": "l2", "schedule": "iterative", "rounds": 2 })),
        magnitude(json!({ "scope": "weight" })),
        magnitude(json!({ "scope": "weight", "schedule": "iterative", "rounds": 2 })),
        ("snip", json!({ "allocation": "uniform" })),
        ("snip", json!({ "allocation": "global" })),
        ("rigl", json!({ "allocation": "uniform", "update_every": 1 })),
    ]
}

fn method(kind: &str, settings: &Value) -> Box<dyn Regularizer> {
    let entry = METHODS.iter().find(|entry| entry.info().name == kind).unwrap();
    let settings = entry.info().settings.resolve(settings).unwrap();
    entry.build(&ComponentConfig::new(kind, settings)).unwrap()
}

/// Prunes half in a training whose steps change no weight, and returns the masks of all layers and
/// sites, each of the shape of what it masks.
fn masks(map: &ModelMap, parameters: &Parameters, kind: &str, settings: &Value) -> Vec<Tensor> {
    let mut method = method(kind, settings);
    method.attach(setup(map, parameters, 0.5)).unwrap();
    let weight = |layer: usize| parameters.get(map.layers[layer].weight);
    let kept: Vec<Tensor> = (0..3).map(|layer| weight(layer).detach().copy()).collect();
    for fraction in [0.0, 0.5] {
        let now = TrainProgress { task_index: 1, stage: Stage::Training, fraction, epoch: 0 };
        // So many examples that no unit is closed for all, whose scores would all be zero.
        let mut features = Tensor::arange(384, (Kind::Float, tch::Device::Cpu)).view([64, 6]).sin();
        for layer in 0..2 {
            features = features.matmul(&weight(layer).tr()).relu();
        }
        features.matmul(&weight(2).tr()).sin().sum(Kind::Float).backward();
        let _no_graph = tch::no_grad_guard();
        method.after_backward(parameters, now).unwrap();
        method.after_step(parameters, now).unwrap();
        // What was masked or has grown is of no interest here, only which.
        for (layer, kept) in kept.iter().enumerate() {
            weight(layer).detach().copy_(kept);
            weight(layer).shallow_clone().zero_grad();
        }
    }
    let _no_graph = tch::no_grad_guard();
    method.start_recovery(map, parameters).unwrap();
    let mut all: Vec<Tensor> = map
        .sites
        .iter()
        .map(|site| {
            let ones = Tensor::ones([1, site.units], (Kind::Float, tch::Device::Cpu));
            let gated = method.gate(
                site,
                &Tensor::zeros([1, 8], (Kind::Float, tch::Device::Cpu)),
                ones,
                Pass::Train,
            );
            gated.output
        })
        .collect();
    let cost = method.inference_cost(map);
    all.extend(map.layers.iter().filter_map(|layer| cost.weight_mask(layer.id)).map(Tensor::copy));
    assert!(all.iter().any(|mask| mask.min().double_value(&[]) == 0.0), "{kind} prunes");
    all
}

#[test]
fn layers_on_other_scales_lose_the_same() {
    let map = model();
    for (kind, settings) in methods() {
        let at_scale = |scales: [f64; 3]| {
            let parameters = parameters(&map);
            for (layer, scale) in map.layers.iter().zip(scales) {
                let _ = parameters.get(layer.weight).detach().g_mul_scalar_(scale);
            }
            let masks = masks(&map, &parameters, kind, &settings);
            masks.iter().map(numbers).collect::<Vec<_>>()
        };
        let plain = at_scale([1.0; 3]);
        for scales in [[1e-3, 1e3, 1.0], [1e-9, 1e4, 1e5], [1e6, 1e-8, 1e2]] {
            assert_eq!(at_scale(scales), plain, "{kind} {settings} at {scales:?}");
        }
    }
}

#[test]
fn units_in_another_order_lose_the_same() {
    let map = model();
    let order = Tensor::from_slice(&[3i64, 1, 7, 0, 6, 2, 5, 4]);
    // RigL begins with random masks, which know no order.
    for (kind, settings) in methods().into_iter().filter(|(kind, _)| *kind != "rigl") {
        let plain = masks(&map, &parameters(&map), kind, &settings);
        let permuted = parameters(&map);
        for (layer, dimension) in [(0, 0), (1, 1)] {
            let mut weight = permuted.get(map.layers[layer].weight).detach();
            let moved = weight.index_select(dimension, &order);
            weight.copy_(&moved);
        }
        let found = masks(&map, &permuted, kind, &settings);
        for (index, (plain, found)) in plain.iter().zip(&found).enumerate() {
            let expected = match index {
                // The first site; the rows of the first layer, and the columns of the second.
                0 | 3 => plain.index_select(1, &order),
                2 => plain.index_select(0, &order),
                _ => plain.copy(),
            };
            assert_eq!(numbers(found), numbers(&expected), "{kind} {settings}: mask {index}");
        }
    }
}
