use swanbench_spec::Mode;
use tch::{Device, Kind, Tensor};

use super::*;
use crate::{Convolution, Gated, Gates, ModelBuilder, SeedStream, Site};

/// Opens every second unit; its soft gates are 0.25.
struct Alternate;

impl Regularizer for Alternate {
    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, pass: Pass) -> Gated {
        let hard = Tensor::arange(site.units, (Kind::Float, Device::Cpu)).remainder(2.0);
        let factor = match pass {
            Pass::Evaluate { mode: Mode::Soft, .. } => hard.zeros_like() + 0.25,
            _ => hard,
        };
        Gated::by(Gates::fixed(&factor), &output)
    }
}

/// A stem, a block whose sum adds the stem's output, a pooling and a linear layer.
fn network() -> (ModelMap, Parameters, Tensor) {
    let mut builder = ModelBuilder::new([1, 8, 8], 3, 1.0);
    let wide = Convolution { padding: 1, ..Convolution::of(4, 3) };
    let convolved = builder.convolution("stem", builder.input(), wide).unwrap();
    let normalised = builder.norm("norm1", convolved);
    let stem = builder.relu(normalised);
    let inner = builder.convolution("inner", stem, wide).unwrap();
    let rectified = builder.relu(inner);
    let gated = builder.site("inner", rectified);
    let joining = builder.convolution("joining", gated, wide).unwrap();
    let normalised = builder.norm("norm2", joining);
    let sum = builder.add(normalised, stem);
    let block = builder.relu(sum);
    let pooled = builder.max_pool("pool", block, Pool::of(2)).unwrap();
    let rectified = builder.relu(pooled);
    let features = builder.flatten(rectified);
    builder.linear("last", features, 3);
    let map = builder.finish();
    let mut stream = SeedStream::Init.generator(0, Device::Cpu).unwrap();
    let parameters = Parameters::initialise(&map, &mut stream, Device::Cpu).unwrap();
    let images = stream.normal(&[5, 8, 8, 1], 0.0, 1.0).unwrap().permute([0, 3, 1, 2]);
    (map, parameters, images)
}

#[test]
fn a_training_pass_is_its_operations_one_by_one() {
    let (map, parameters, images) = network();
    let expected = {
        let get = |id| parameters.get(id).copy();
        let layer = |index: usize, input: &Tensor| {
            let layer = &map.layers[index];
            let (weight, bias) = (get(layer.weight), layer.bias.map(get));
            match layer.kind {
                LayerKind::Linear => input.linear(&weight, bias.as_ref()),
                LayerKind::Convolution { .. } => {
                    input.conv2d(&weight, bias.as_ref(), [1; 2], [1; 2], [1; 2], 1)
                }
            }
        };
        let norm = |index: usize, input: &Tensor| {
            let norm = &map.norms[index];
            let (scale, shift) = (get(norm.scale), get(norm.shift));
            let (mean, variance) = (get(norm.running_mean), get(norm.running_variance));
            let [scale, shift, mean, variance] = [&scale, &shift, &mean, &variance].map(Some);
            input.batch_norm(scale, shift, mean, variance, true, 0.1, NORM_EPSILON, false)
        };
        let stem = norm(0, &layer(0, &images)).relu();
        let open = Tensor::from_slice(&[0.0f32, 1.0, 0.0, 1.0]).view([1, 4, 1, 1]);
        let gated = layer(1, &stem).relu() * open;
        let block = (norm(1, &layer(2, &gated)) + stem).relu();
        layer(3, &block.max_pool2d([2; 2], [2; 2], [0; 2], [1; 2], false).flatten(1, -1))
    };
    let (logits, _) = Forward::new(&map, &parameters, &mut Alternate, Pass::Train).run(&images);
    assert!(logits.allclose(&expected, 1e-4, 1e-5, false), "{logits} against {expected}");
}

#[test]
fn passes_that_share_their_beginning_are_those_of_their_own() {
    let (map, parameters, images) = network();
    let _no_graph = tch::no_grad_guard();
    let [hard, soft] = [Mode::Hard, Mode::Soft].map(Pass::evaluate);
    let own = |pass| Forward::new(&map, &parameters, &mut Alternate, pass).run(&images).0;
    let shared = Forward::new(&map, &parameters, &mut Alternate, hard).run_with(&[soft], &images);
    let [(of_hard, gates), (of_soft, _)] = shared.try_into().expect("two passes");
    assert_eq!((&of_hard, &of_soft), (&own(hard), &own(soft)));
    assert_ne!(of_hard, of_soft);
    assert!(gates.gates(map.sites[0].id).is_some());
}
