//! The parts that are the harness's own: reading an experiment, the gates of every method, and the
//! cost model that charges for them.

#[path = "../tests/support/training.rs"]
mod training;

use std::{hint::black_box, path::Path};

use criterion::{Criterion, criterion_group, criterion_main};
use swanbench_core::cost::CostModel;
use swanbench_core::{
    Forward, MethodEntry, ModelBuilder, ModelMap, Parameters, Pass, Regularizer, SeedStream, Setup,
};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{Experiment, Mode, Vocabulary};
use swanbench_torch::Device;
use tch::{Kind, Tensor};
use training::{TARGET, defaults, small_models};

const EXAMPLES: i64 = 128;
const DEVICE: Device = Device::Cpu;

/// From a text of every method to its runs, each with an id.
fn expansion(criterion: &mut Criterion) {
    let vocabulary = Vocabulary {
        methods: METHODS.iter().map(MethodEntry::kind).collect(),
        models: MODELS.iter().map(swanbench_core::ModelEntry::kind).collect(),
        datasets: swanbench_data::vocabulary(),
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/methods.yaml");
    let load = || Experiment::load(&path, &[], &vocabulary).expect("an experiment");
    criterion.bench_function(&format!("expansion/{} runs", load().runs.len()), |bencher| {
        bencher.iter(load);
    });
}

/// A method on fresh parameters.
fn attached(method: &MethodEntry, map: &ModelMap) -> (Box<dyn Regularizer>, Parameters) {
    let generator = |stream: SeedStream| stream.generator(0, DEVICE).expect("a generator");
    let parameters = Parameters::initialise(map, &mut generator(SeedStream::Init), DEVICE);
    let parameters = parameters.expect("parameters");
    let mut built = method.build(&defaults(&method.kind()), TARGET).expect("a method");
    let setup = Setup {
        map,
        parameters: &parameters,
        generator: generator(SeedStream::MethodDef),
        device: DEVICE,
        densities: None,
    };
    built.attach(setup).expect("attached");
    (built, parameters)
}

/// The gates of one training batch at every site, and what the cost model makes of a batch. Their
/// ratios to the method that gates nothing are what the gates cost.
fn gates(criterion: &mut Criterion) {
    swanbench_torch::prepare_process().expect("a process");
    swanbench_torch::prepare_thread().expect("a thread");
    for entry in small_models() {
        let plan = ModelBuilder::new([1, 28, 28], 10, 1.0);
        let model = entry.build(&defaults(&entry.kind()), plan).expect("a model");
        let map = model.map();
        let images = Tensor::rand([EXAMPLES, 1, 28, 28], (Kind::Float, DEVICE));
        for method in METHODS {
            let (mut method_on, parameters) = attached(method, map);
            let name = |part: &str| format!("{part}/{}/{}", entry.kind().name, method.kind().name);
            criterion.bench_function(&name("forward"), |bencher| {
                bencher.iter(|| {
                    let mut pass = Forward::new(map, &parameters, &mut *method_on, Pass::Train);
                    black_box(model.forward(&images, &mut pass))
                });
            });
            let _no_graph = tch::no_grad_guard();
            let pass_kind = Pass::Evaluate(Mode::Hard);
            let mut pass = Forward::new(map, &parameters, &mut *method_on, pass_kind);
            drop(model.forward(&images, &mut pass));
            let tape = pass.into_gate_record();
            let costs = CostModel::new(map, &*method_on, DEVICE);
            criterion.bench_function(&name("cost"), |bencher| {
                bencher.iter(|| black_box(costs.count_flops(&tape, EXAMPLES)));
            });
        }
    }
}

criterion_group!(benches, expansion, gates);
criterion_main!(benches);
