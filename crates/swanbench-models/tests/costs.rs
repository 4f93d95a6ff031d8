//! Costs of these networks against the constants in papers.

use proptest::prelude::*;
use swanbench_core::{
    CostModel, GateRecord, Gates, InferenceCost, ModelBuilder, ModelDef, ModelMap, UnitCost,
};
use swanbench_models::{CifarResnet, Lenet5, MODELS, Mlp, Resnet18, Resnet50, Vgg16, Vgg16Bn};
use swanbench_spec::{ComponentConfig, ComponentInfo};
use tch::{Device, Kind, Tensor};

fn model<M: ModelDef>(width: f64) -> ModelMap {
    M::build(M::Settings::default(), ModelBuilder::new([1, 28, 28], 10, width)).unwrap()
}

#[test]
fn lenet_300_100() {
    let map = model::<Mlp>(1.0);
    // 784 x 300 + 300 x 100 + 100 x 10
    assert_eq!(map.macs(), 266_200);
    assert_eq!(map.flops(), 532_400);
    assert_eq!(map.parameter_count(), 266_610);
    assert_eq!(map.units(), 400);
}

#[test]
fn lenet_5_caffe() {
    let map = model::<Lenet5>(1.0);
    assert_eq!(map.macs(), 2_293_000);
    assert_eq!(map.parameter_count(), 431_080);
    let macs: Vec<u64> = map.layers.iter().map(swanbench_core::Layer::macs).collect();
    assert_eq!(macs, [288_000, 1_600_000, 400_000, 5_000]);
}

/// A LeNet-5 of the literature, pruned to 7 and 13 channels, thus 208 of the flattened inputs, and
/// 16 hidden units.
#[test]
fn lenet_5_caffe_pruned() {
    let map = model::<Lenet5>(1.0);
    let keep = |units: i64, kept: i64| {
        let mask = Tensor::arange(units, (Kind::Float, Device::Cpu)).lt(kept).to_kind(Kind::Float);
        Some(Gates::fixed(&mask))
    };
    let record = GateRecord::of(vec![keep(20, 7), keep(50, 13), keep(500, 16)]);
    let cost = CostModel::new(&map, &InferenceCost::default(), None, Device::Cpu);
    let flops = cost.count_flops(&record, 1).unit_flops.double_value(&[0]);
    assert_eq!(flops, 2.0 * 249_888.0);
    // Kernels 7 x 25 and 7 x 13 x 25, weights 208 x 16 and 16 x 10, and a bias for each unit.
    assert_eq!(cost.stored_parameters(&record), 175 + 2_275 + 3_328 + 160 + 7 + 13 + 16 + 10);
}

/// The one whose 284 flattened inputs are pruned one by one, not by channel.
#[test]
fn lenet_5_caffe_pruned_within_flattened_channels() {
    let map = model::<Lenet5>(1.0);
    let [conv1, conv2, fc1, fc2] = &map.layers[..] else { panic!("four layers") };
    let macs = 3 * conv1.macs_per_pair()
        + 3 * 18 * conv2.macs_per_pair()
        + 284 * 283 * fc1.macs_per_pair() / fc1.weights_per_pair
        + 283 * 10 * fc2.macs_per_pair();
    assert_eq!(macs, 212_802);
}

fn costs<M: ModelDef>(input: [i64; 3], classes: i64) -> (u64, u64) {
    let model = M::build(M::Settings::default(), ModelBuilder::new(input, classes, 1.0)).unwrap();
    (model.macs(), model.parameter_count())
}

/// Parameters and MACs of linear and convolution layers of torchvision's models of these names,
/// counted there by forward hooks.
#[test]
fn large_images_give_torchvisions_networks() {
    let large = [3, 224, 224];
    assert_eq!(costs::<Vgg16>(large, 1000), (15_470_264_320, 138_357_544));
    assert_eq!(costs::<Vgg16Bn>(large, 1000), (15_470_264_320, 138_365_992));
    assert_eq!(costs::<Resnet18>(large, 1000), (1_814_073_344, 11_689_512));
    assert_eq!(costs::<Resnet50>(large, 1000), (4_089_184_256, 25_557_032));
}

/// Without the 640 and 5,120 MACs of the last layer: 40.55 M, 125.49 M and 313.20 M in the papers.
#[test]
fn small_images_give_the_networks_of_cifar() {
    let small = [3, 32, 32];
    assert_eq!(costs::<CifarResnet<20>>(small, 10), (40_551_040, 269_722));
    assert_eq!(costs::<CifarResnet<56>>(small, 10).0, 125_485_696);
    assert_eq!(costs::<Vgg16Bn>(small, 10).0 - 5_120, 313_196_544);
    assert_eq!(costs::<Vgg16>([1, 28, 28], 10).1, costs::<Vgg16>([1, 32, 32], 10).1);
}

#[test]
fn width_scales_hidden_units_to_at_least_one() {
    let half = model::<Mlp>(0.5);
    let units: Vec<i64> = half.sites.iter().map(|site| site.units).collect();
    assert_eq!(units, [150, 50]);
    let tiny = model::<Lenet5>(0.001);
    assert!(tiny.sites.iter().all(|site| site.units == 1));
}

#[test]
fn an_input_that_is_too_small_is_named() {
    let builder = ModelBuilder::new([1, 8, 8], 10, 1.0);
    let error = Lenet5::build(<Lenet5 as ModelDef>::Settings::default(), builder)
        .expect_err("8x8 leaves 2x2");
    let expected = "layer `conv2` needs an input of at least 5x5, and 2x2 arrive";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn every_site_has_a_producer_and_a_consumer() {
    for entry in MODELS {
        let ComponentInfo { name, settings, .. } = entry.info();
        let config = ComponentConfig::new(name, settings.defaults());
        let model = entry.build(&config, ModelBuilder::new([1, 28, 28], 10, 1.0)).unwrap();
        for site in &model.sites {
            assert!(!site.producers.is_empty(), "{name}: {}", site.name);
            assert!(!site.consumers.is_empty(), "{name}: {}", site.name);
        }
    }
}

/// The FLOPs of one example, counted layer by layer.
fn counted(map: &ModelMap, open: &[Vec<f64>]) -> f64 {
    let count = |site: Option<swanbench_core::SiteId>, units: i64| {
        site.map_or(units as f64, |site| open[site.index()].iter().sum())
    };
    map.layers
        .iter()
        .map(|layer| {
            let inputs = count(layer.input_site, layer.inputs);
            let outputs = count(layer.output_site, layer.outputs);
            2.0 * inputs * outputs * layer.macs_per_pair() as f64
        })
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    /// What a budget counts, in one sum and with a gradient, is what the cost model counts.
    #[test]
    fn a_budget_counts_what_the_cost_model_counts(seed in any::<u64>(), share in 0.0f64..1.0) {
        for entry in swanbench_models::MODELS {
            let builder = ModelBuilder::new([3, 32, 32], 10, 0.1);
            let info = entry.info();
            let (kind, settings) = (info.name.to_owned(), info.settings.defaults());
            let config = swanbench_spec::ComponentConfig::new(kind, settings);
            let model = entry.build(&config, builder).unwrap();
            let map = &model;
            let mut generator = swanbench_torch::Generator::new(Device::Cpu, seed).unwrap();
            let examples = 3;
            let gates: Vec<Tensor> = map
                .sites
                .iter()
                .map(|site| {
                    let drawn = generator.uniform(&[examples, site.units], 0.0, 1.0).unwrap();
                    drawn.lt(share).to_kind(Kind::Float)
                })
                .collect();
            let copy = |gate: &Tensor| Gates::per_example(gate.shallow_clone(), gate.shallow_clone());
            let record = GateRecord::of(gates.iter().map(|gate| Some(copy(gate))).collect());
            let cost = CostModel::new(map, &InferenceCost::default(), None, Device::Cpu);
            let by_model =
                Vec::<f64>::try_from(cost.count_flops(&record, examples).unit_flops).unwrap();
            let open: Vec<Tensor> = gates
                .iter()
                .map(|gate| gate.sum_dim_intlist(1i64, false, Kind::Double))
                .collect();
            let by_budget = Vec::<f64>::try_from(UnitCost::flops(map).per_example(&open)).unwrap();
            for example in 0..examples {
                let open: Vec<Vec<f64>> = gates
                    .iter()
                    .map(|gate| Vec::try_from(gate.get(example).to_kind(Kind::Double)).unwrap())
                    .collect();
                let expected = counted(map, &open);
                let tolerance = 1e-9 * map.flops() as f64;
                prop_assert!((by_model[example as usize] - expected).abs() <= tolerance);
                prop_assert!((by_budget[example as usize] - expected).abs() <= tolerance);
            }
        }
    }
}
