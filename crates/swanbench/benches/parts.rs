//! The harness's own parts: reading an experiment, the gates of every method, and the cost model.

#![allow(missing_docs, reason = "`criterion_group!` writes a public function")]

use std::{hint::black_box, path::Path};

use criterion::{Criterion, criterion_group, criterion_main};
use swanbench_conformance::{TARGET, defaults, small_models};
use swanbench_core::{
    Budget, CostModel, Forward, MethodEntry, ModelBuilder, ModelMap, Parameters, Pass, Regularizer,
    SeedStream, Setup,
};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{BudgetKind, Draft, Mode, Vocabulary};
use swanbench_torch::Device;
use tch::{Kind, Tensor};

const EXAMPLES: i64 = 128;
const DEVICE: Device = Device::Cpu;

/// Measures the expansion of a text of every method to its runs, each with an id.
fn expansion(criterion: &mut Criterion) {
    let vocabulary = Vocabulary {
        methods: METHODS.iter().map(MethodEntry::info).collect(),
        models: MODELS.iter().map(swanbench_core::ModelEntry::info).collect(),
        datasets: swanbench_data::vocabulary(),
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/methods.yaml");
    let load = || Draft::load(&path, &[], &vocabulary).expect("an experiment").resolve("");
    criterion.bench_function(&format!("expansion/{} runs", load().runs.len()), |bencher| {
        bencher.iter(load);
    });
}

/// Attaches a method to fresh parameters.
fn attach(method: &MethodEntry, map: &ModelMap) -> (Box<dyn Regularizer>, Parameters) {
    let generator = |stream: SeedStream| stream.generator(0, DEVICE).expect("a generator");
    let parameters = Parameters::initialise(map, &mut generator(SeedStream::Init), DEVICE);
    let parameters = parameters.expect("parameters");
    let mut built = method.build(&defaults(&method.info())).expect("a method");
    let setup = Setup {
        map,
        parameters: &parameters,
        generator: generator(SeedStream::Method),
        device: DEVICE,
        budget: Budget::new(BudgetKind::Flops, TARGET, map),
        densities: None,
    };
    built.attach(setup).expect("attached");
    (built, parameters)
}

/// Measures the gates of one training batch at every site, and the cost model on a batch. Their
/// ratios to the method without gates are the cost of gates.
fn gates(criterion: &mut Criterion) {
    swanbench_torch::prepare_process().expect("a process");
    swanbench_torch::prepare_thread().expect("a thread");
    for entry in small_models(MODELS) {
        let builder = ModelBuilder::new([1, 28, 28], 10, 1.0);
        let model = entry.build(&defaults(&entry.info()), builder).expect("a model");
        let map = &model;
        let images = Tensor::rand([EXAMPLES, 1, 28, 28], (Kind::Float, DEVICE));
        for method in METHODS {
            let (mut attached, parameters) = attach(method, map);
            let name = |part: &str| format!("{part}/{}/{}", entry.info().name, method.info().name);
            criterion.bench_function(&name("forward"), |bencher| {
                bencher.iter(|| {
                    let pass = Forward::new(map, &parameters, &mut *attached, Pass::Train);
                    black_box(pass.run(&images))
                });
            });
            let _no_graph = tch::no_grad_guard();
            let pass = Pass::evaluate(Mode::Hard);
            let (_, record) = Forward::new(map, &parameters, &mut *attached, pass).run(&images);
            let costs = CostModel::new(map, &attached.inference_cost(map), None, DEVICE);
            criterion.bench_function(&name("cost"), |bencher| {
                bencher.iter(|| black_box(costs.count_flops(&record, EXAMPLES)));
            });
        }
    }
}

criterion_group!(benches, expansion, gates);
criterion_main!(benches);
