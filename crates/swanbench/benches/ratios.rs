//! Speeds that must not get worse, as ratios within one run, since the speed of a machine drifts: an
//! epoch with gates over a dense one, the harness's share of a run, and the gain of a second core.
//! `just bench-ratios` prints them with their limits and fails if one is exceeded.

use std::{
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use swanbench_conformance::{RequestedRun, defaults, digits, epoch_times};
use swanbench_core::{
    Forward, MethodEntry, ModelBuilder, ModelEntry, Parameters, Pass, SeedStream,
};
use swanbench_data::Dataset;
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::Mode;
use swanbench_torch::{Adam, Device, Optimizer};
use tch::Tensor;

#[derive(Parser)]
struct Options {
    /// How often each contestant has its turn
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only these models
    #[arg(long, value_delimiter = ',', default_value = "mlp,lenet5,resnet20")]
    models: Vec<String>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

const BATCH_SIZE: i64 = 128;
/// The first epoch is not counted: memory is allocated and kernels are chosen in it.
const WARM_UP: usize = 1;

/// An epoch with gates over a dense one, at most. On the smallest net, whose dense step takes two
/// milliseconds, the many small kernels of the gates weigh more.
const GATED_EPOCH: f64 = 1.2;
const GATED_EPOCH_OF_THE_SMALLEST: f64 = 1.35;
/// The smallest net has fewer MACs than this.
const SMALLEST: u64 = 1_000_000;
/// The part of an epoch that is neither forward, backward nor optimizer, at most; on the larger nets it
/// is less than what the speed of a machine scatters by.
const HARNESS: f64 = 0.06;
/// Runs finished by two threads over those finished by one in the same time, at least.
const TWO_JOBS: f64 = 1.9;

/// A ratio that was measured, and its limit.
struct Verdict {
    model: String,
    what: &'static str,
    measured: f64,
    limit: f64,
    at_most: bool,
}

impl Verdict {
    fn holds(&self) -> bool {
        if self.at_most { self.measured <= self.limit } else { self.measured >= self.limit }
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    swanbench_torch::prepare_process().unwrap();
    swanbench_torch::prepare_thread().unwrap();
    // Larger models have shorter epochs.
    let (many, few) = (digits(4000), digits(712));
    println!("| model | ratio | median | limit | |");
    println!("| --- | --- | ---: | ---: | --- |");
    let mut all_hold = true;
    for name in &options.models {
        let model = MODELS.iter().find(|model| model.info().name == name);
        let model = model.unwrap_or_else(|| panic!("there is no model `{name}`"));
        let data = if macs(model) < 5_000_000 { &many } else { &few };
        for verdict in measured(model, data, options.rounds) {
            let Verdict { model, what, measured, limit, at_most } = &verdict;
            let sign = if *at_most { "≤" } else { "≥" };
            let word = if verdict.holds() { "holds" } else { "does not hold" };
            println!("| {model} | {what} | {measured:.3} | {sign} {limit} | {word} |");
            all_hold &= verdict.holds();
        }
    }
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Measures all ratios of a model, every contestant once per round.
fn measured(model: &ModelEntry, data: &Dataset, rounds: usize) -> [Verdict; 3] {
    let (dense, gated) = (method("dense"), method("swan"));
    let mut bare = Bare::new(model, data);
    let mut ratios: [Vec<f64>; 3] = Default::default();
    for round in 1..=WARM_UP + rounds {
        let dense_epoch = epoch(dense, model, data);
        let gated_epoch = epoch(gated, model, data);
        let bare_epoch = bare.epoch();
        let alone = side_by_side(1, dense, model, data);
        let together = side_by_side(2, dense, model, data);
        if round > WARM_UP {
            ratios[0].push(gated_epoch.div_duration_f64(dense_epoch));
            ratios[1].push(1.0 - bare_epoch.div_duration_f64(dense_epoch));
            ratios[2].push(2.0 * alone.div_duration_f64(together));
        }
    }
    let [gated, harness, two] = ratios.map(median);
    let verdict = |what, measured, limit, at_most| {
        let model = model.info().name.to_owned();
        Verdict { model, what, measured, limit, at_most }
    };
    let smallest = macs(model) < SMALLEST;
    let gated_limit = if smallest { GATED_EPOCH_OF_THE_SMALLEST } else { GATED_EPOCH };
    [
        verdict("an epoch of swan over one of dense", gated, gated_limit, true),
        verdict("share of the harness in an epoch", harness, HARNESS, true),
        verdict("two jobs over one", two, TWO_JOBS, false),
    ]
}

/// Counts the model's MACs per digit.
fn macs(model: &ModelEntry) -> u64 {
    let builder = ModelBuilder::new([1, 28, 28], 10, 1.0);
    model.build(&defaults(&model.info()), builder).unwrap().macs()
}

fn method(name: &str) -> &'static MethodEntry {
    METHODS.iter().find(|method| method.info().name == name).expect("a method of the slice")
}

fn request() -> RequestedRun {
    let epochs = WARM_UP as u32 + 3;
    RequestedRun { width: 1.0, epochs, recovery_epochs: 0, seed: 0, batch_size: BATCH_SIZE as u32 }
}

/// Measures the shortest epoch of a run: other work of the machine only makes epochs longer.
fn epoch(method: &MethodEntry, model: &ModelEntry, data: &Dataset) -> Duration {
    let times = epoch_times(method, model, data, request());
    times.into_iter().skip(WARM_UP).min().expect("epochs that count")
}

/// Measures `threads` equal runs in parallel.
fn side_by_side(
    threads: usize,
    method: &'static MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
) -> Duration {
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            let data = data.share();
            let name = model.info().name;
            scope.spawn(move || {
                swanbench_torch::prepare_thread().unwrap();
                let model = MODELS.iter().find(|model| model.info().name == name).unwrap();
                // Longer, so that starting a thread and the evaluations at the end hardly count.
                let request = RequestedRun { epochs: 3 * request().epochs, ..request() };
                let _times = epoch_times(method, model, &data, request);
            });
        }
    });
    started.elapsed()
}

/// Training without the harness: batches are ready, nothing is counted or summed.
struct Bare<'a> {
    model: swanbench_core::ModelMap,
    parameters: Parameters,
    optimizer: Adam,
    batches: Vec<(Tensor, Tensor)>,
    data: &'a Dataset,
}

impl<'a> Bare<'a> {
    fn new(model: &ModelEntry, data: &'a Dataset) -> Self {
        let builder = ModelBuilder::new(data.shape, data.classes, 1.0);
        let model = model.build(&defaults(&model.info()), builder).unwrap();
        let mut init = SeedStream::Init.generator(0, Device::Cpu).unwrap();
        let parameters = Parameters::initialise(&model, &mut init, Device::Cpu).unwrap();
        let optimizer = Adam::new(parameters.trained(), 0.0);
        let mut order = SeedStream::Order.generator(0, Device::Cpu).unwrap();
        let order = order.permutation(data.train.len()).unwrap();
        let batches = data.train.batches(&order, BATCH_SIZE).collect();
        Self { model, parameters, optimizer, batches, data }
    }

    fn forward(&self, images: &Tensor, pass: Pass) -> Tensor {
        let dense = method("dense");
        let mut dense = dense.build(&defaults(&dense.info())).unwrap();
        Forward::new(&self.model, &self.parameters, &mut *dense, pass).run(images).0
    }

    /// Measures the shortest of as many epochs as count in a run, with validation's forward pass.
    fn epoch(&mut self) -> Duration {
        let epochs = request().epochs as usize - WARM_UP;
        let times = (0..epochs).map(|_| {
            let started = Instant::now();
            for (images, labels) in &self.batches {
                let loss = self.forward(images, Pass::Train).cross_entropy_for_logits(labels);
                self.optimizer.drop_gradients().unwrap();
                loss.backward();
                let _no_graph = tch::no_grad_guard();
                self.optimizer.step(1e-3).unwrap();
            }
            let _no_graph = tch::no_grad_guard();
            for (images, _) in self.data.validation.batches_in_order(500) {
                drop(self.forward(&images, Pass::evaluate(Mode::Hard)));
            }
            started.elapsed()
        });
        times.min().expect("epochs that count")
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
