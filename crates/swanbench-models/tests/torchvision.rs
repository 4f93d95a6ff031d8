//! One forward pass of each network that torchvision has under the same name, with the same
//! parameters and image, against torchvision 0.26.
//!
//! Parameters and image are integer noise that a few lines of Python also make; the expected logits
//! were computed in 64 bits.
//!
//! ```python
//! def fill(name, shape):
//!     i = torch.arange(math.prod(shape))
//!     noise = (i % 65521 * ((i + sum(name.encode())) % 65521)) % 65521 / 65521 - 0.5
//!     if name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight")):
//!         values = 1 + 0.2 * noise
//!     elif len(shape) == 1:
//!         values = 0.2 * noise
//!     else:
//!         values = noise * math.sqrt(24 * shape[0] / len(i))
//!     return values.float().view(shape)
//! i = torch.arange(3 * 64 * 64)
//! image = (i * i % 65521 / 65521 - 0.5).float().view(1, 3, 64, 64)
//! ```

use std::path::Path;

use swanbench_core::{
    Forward, ModelBuilder, ModelDef, ParameterSpec, Parameters, Pass, Regularizer, SeedStream,
    Weights,
};
use swanbench_models::{Resnet18, Resnet50, Vgg16, Vgg16Bn};
use swanbench_spec::Mode;
use tch::{Device, Kind, Tensor};

struct Open;

impl Regularizer for Open {}

/// Computes `i (i + shift)` modulo a prime, over that prime, minus 0.5.
fn noise(count: i64, shift: i64) -> Tensor {
    const PRIME: i64 = 65_521;
    let i = Tensor::arange(count, (Kind::Int64, Device::Cpu));
    let residue = (i.remainder(PRIME) * (i + shift).remainder(PRIME)).remainder(PRIME);
    residue.to_kind(Kind::Double) / PRIME as f64 - 0.5
}

fn fill(spec: &ParameterSpec) -> Tensor {
    let ParameterSpec { name, shape, .. } = spec;
    let count = spec.count() as i64;
    let noise = noise(count, name.bytes().map(i64::from).sum());
    let values = match shape.len() {
        1 if name.ends_with("running_var") || name.ends_with("weight") => noise * 0.2 + 1.0,
        1 => noise * 0.2,
        _ => noise * ((24 * shape[0]) as f64 / count as f64).sqrt(),
    };
    values.to_kind(Kind::Float).view(shape.as_slice())
}

/// Computes the logits of the first four of a thousand classes.
fn logits<M: ModelDef>() -> Vec<f64> {
    let map = &M::build(M::Settings::default(), ModelBuilder::new([3, 64, 64], 1000, 1.0)).unwrap();
    let mut init = SeedStream::Init.generator(0, Device::Cpu).unwrap();
    let mut parameters = Parameters::initialise(map, &mut init, Device::Cpu).unwrap();
    let tensors = map.parameters.iter().map(|spec| (spec.name.clone(), fill(spec)));
    parameters.start_from(map, &Weights::of(Path::new("noise"), tensors)).unwrap();
    let image = noise(3 * 64 * 64, 0).to_kind(Kind::Float).view([1, 3, 64, 64]);
    let _no_graph = tch::no_grad_guard();
    let mut method = Open;
    let pass = Forward::new(map, &parameters, &mut method, Pass::evaluate(Mode::Hard));
    let (logits, _) = pass.run(&image);
    Vec::try_from(logits.view([-1]).narrow(0, 0, 4).to_kind(Kind::Double)).unwrap()
}

/// Compares with the precision that 32 bits have after all layers of a network.
fn assert_close(found: &[f64], expected: [f64; 4]) {
    let size = expected.iter().fold(0.0, |size: f64, value| size.max(value.abs()));
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4 * size, "{found} against {expected}");
    }
}

#[test]
fn vgg16() {
    assert_close(&logits::<Vgg16>(), [-0.065_491, 0.050_265, -0.099_078, -0.038_641]);
}

#[test]
fn vgg16_bn() {
    assert_close(&logits::<Vgg16Bn>(), [0.265_118, 0.059_928, -0.370_542, -0.541_343]);
}

#[test]
fn resnet18() {
    assert_close(&logits::<Resnet18>(), [-1.826_706, -0.056_832, -1.764_079, 0.825_031]);
}

#[test]
fn resnet50() {
    assert_close(&logits::<Resnet50>(), [6.454_45, 12.950_689, -7.149_791, 2.871_383]);
}
