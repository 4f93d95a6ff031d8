//! One forward pass of each network that torchvision has under the same name, with the same
//! parameters and image, against what torchvision 0.26 gives.
//!
//! Parameters and image are waves that a few lines of Python make too:
//!
//! ```python
//! def fill(name, shape):
//!     n = math.prod(shape)
//!     wave = torch.sin(0.7 * torch.arange(n, dtype=torch.float64) + sum(name.encode()))
//!     if name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight")):
//!         values = 1 + 0.1 * wave
//!     elif len(shape) == 1:
//!         values = 0.1 * wave
//!     else:
//!         values = wave * 2 / math.sqrt(n // shape[0])
//!     return values.float().view(shape)
//! image = torch.sin(0.01 * torch.arange(3 * 64 * 64, dtype=torch.float64)).float()
//! ```

use std::path::Path;

use swanbench_core::{
    Forward, ModelKind, ParameterSpec, Parameters, Phase, Plan, Regularizer, Stream, Weights,
};
use swanbench_models::{Resnet18, Resnet50, Vgg16, Vgg16Bn};
use swanbench_spec::Mode;
use tch::{Device, Kind, Tensor};

struct Open;

impl Regularizer for Open {}

fn wave(count: i64, frequency: f64, phase: f64) -> Tensor {
    (Tensor::arange(count, (Kind::Double, Device::Cpu)) * frequency + phase).sin()
}

fn fill(spec: &ParameterSpec) -> Tensor {
    let ParameterSpec { name, shape, .. } = spec;
    let count = spec.count() as i64;
    let wave = wave(count, 0.7, name.bytes().map(f64::from).sum());
    let values = match shape.len() {
        1 if name.ends_with("running_var") || name.ends_with("weight") => wave * 0.1 + 1.0,
        1 => wave * 0.1,
        _ => wave * 2.0 / ((count / shape[0]) as f64).sqrt(),
    };
    values.to_kind(Kind::Float).view(shape.as_slice())
}

/// The logits of the first four of a thousand classes.
fn logits<M: ModelKind>() -> Vec<f64> {
    let model = M::lay_out(M::Settings::default(), Plan::new([3, 64, 64], 1000, 1.0)).unwrap();
    let map = model.map();
    let mut init = Stream::Init.generator(0, Device::Cpu).unwrap();
    let mut parameters = Parameters::initialise(map, &mut init, Device::Cpu).unwrap();
    let tensors = map.parameters.iter().map(|spec| (spec.name.clone(), fill(spec)));
    parameters.start_from(map, &Weights::of(Path::new("waves"), tensors)).unwrap();
    let image = wave(3 * 64 * 64, 0.01, 0.0).to_kind(Kind::Float).view([1, 3, 64, 64]);
    let _no_graph = tch::no_grad_guard();
    let mut method = Open;
    let mut pass = Forward::new(map, &parameters, &mut method, Phase::Evaluate(Mode::Hard));
    let logits = model.forward(&image, &mut pass);
    Vec::try_from(logits.view([-1]).narrow(0, 0, 4).to_kind(Kind::Double)).unwrap()
}

/// To a few units in the last place of 32 bits, times the depth of the network.
fn assert_close(found: &[f64], expected: [f64; 4]) {
    let size = expected.iter().fold(0.0, |size: f64, value| size.max(value.abs()));
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4 * size, "{found} against {expected}");
    }
}

#[test]
fn vgg16() {
    assert_close(&logits::<Vgg16>(), [18.669_325, -25.491_341, 5.873_093, 20.072_59]);
}

#[test]
fn vgg16_bn() {
    assert_close(&logits::<Vgg16Bn>(), [11.407_487, -20.121_681, 8.017_39, 12.659_315]);
}

#[test]
fn resnet18() {
    assert_close(&logits::<Resnet18>(), [78_469_232.0, 63_427_616.0, 44_173_204.0, 21_984_858.0]);
}

#[test]
fn resnet50() {
    assert_close(&logits::<Resnet50>(), [60_893.102, 361_203.031, 308_690.0, -45_351.055]);
}
