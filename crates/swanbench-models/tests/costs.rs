//! The constants that papers give for these networks.

use swanbench_core::{Model, ModelKind, Plan};
use swanbench_models::{Lenet5, MODELS, Mlp};

fn model<M: ModelKind>(width: f64) -> M {
    M::lay_out(M::Settings::default(), Plan::new([1, 28, 28], 10, width)).unwrap()
}

#[test]
fn lenet_300_100() {
    let map = model::<Mlp>(1.0).map().clone();
    // 784 x 300 + 300 x 100 + 100 x 10
    assert_eq!(map.macs(), 266_200);
    assert_eq!(map.flops(), 532_400);
    assert_eq!(map.parameter_count(), 266_610);
    assert_eq!(map.units(), 400);
}

#[test]
fn lenet_5_caffe() {
    let map = model::<Lenet5>(1.0).map().clone();
    assert_eq!(map.macs(), 2_293_000);
    assert_eq!(map.parameter_count(), 431_080);
    let macs: Vec<u64> = map.layers.iter().map(swanbench_core::Layer::macs).collect();
    assert_eq!(macs, [288_000, 1_600_000, 400_000, 5_000]);
}

/// Pruned LeNet-5s of the literature, by kept channels, flattened inputs and hidden units.
#[test]
fn lenet_5_caffe_pruned() {
    let map = model::<Lenet5>(1.0).map().clone();
    let pruned = |first: i64, second: i64, flattened: i64, hidden: i64| {
        let [conv1, conv2, fc1, fc2] = &map.layers[..] else { panic!("four layers") };
        first * conv1.macs_per_pair()
            + first * second * conv2.macs_per_pair()
            // The flattened inputs are counted one by one here, not by channel.
            + flattened * hidden * fc1.macs_per_pair() / fc1.weights_per_pair
            + hidden * 10 * fc2.macs_per_pair()
    };
    assert_eq!(pruned(7, 13, 208, 16), 249_888);
    assert_eq!(pruned(3, 18, 284, 283), 212_802);
    assert_eq!(pruned(20, 50, 800, 500), 2_293_000);
}

#[test]
fn width_scales_hidden_units_and_never_to_none() {
    let half = model::<Mlp>(0.5);
    let units: Vec<i64> = half.map().sites.iter().map(|site| site.units).collect();
    assert_eq!(units, [150, 50]);
    let tiny = model::<Lenet5>(0.001);
    assert!(tiny.map().sites.iter().all(|site| site.units == 1));
}

#[test]
fn an_input_that_is_too_small_is_named() {
    let Err(error) =
        Lenet5::lay_out(<Lenet5 as ModelKind>::Settings::default(), Plan::new([1, 8, 8], 10, 1.0))
    else {
        panic!("an 8x8 image leaves 2x2 for a 5x5 kernel")
    };
    let expected = "layer `conv2` needs an input of at least 5x5, and 2x2 arrive";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn every_site_has_a_producer_and_a_consumer() {
    for entry in MODELS {
        let kind = entry.kind();
        let choice = swanbench_spec::Choice {
            kind: kind.name.to_owned(),
            settings: kind.settings.defaults(),
        };
        let model = entry.build(&choice, Plan::new([1, 28, 28], 10, 1.0)).unwrap();
        for site in &model.map().sites {
            assert!(!site.producers.is_empty(), "{}: {}", kind.name, site.name);
            assert!(!site.consumers.is_empty(), "{}: {}", kind.name, site.name);
        }
    }
}
