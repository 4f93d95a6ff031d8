//! Networks that are timed in turns on the same images.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use serde::{Serialize, Serializer};
use swanbench_core::{Forward, ModelMap, Parameters, Pass, Regularizer};
use swanbench_data::Dataset;
use swanbench_infer::{Network, ParallelEngine};
use swanbench_spec::{Engine, ImageGroup, Mode, Timing, quantile};
use tch::Tensor;

use crate::{energy::Meter, engine::raw};

/// What one network took.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The name of the network.
    pub model: String,
    /// How long it took.
    #[serde(flatten)]
    pub timing: Timing,
    /// Of the processor, per image in microjoules, or why it is not known.
    #[serde(serialize_with = "number_or_reason")]
    pub energy_uj: Result<f64, String>,
}

fn number_or_reason<S: Serializer>(
    energy: &Result<f64, String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match energy {
        Ok(energy) => serializer.serialize_f64(*energy),
        Err(reason) => serializer.serialize_str(&format!("not available: {reason}")),
    }
}

/// The images of a contest, in batches: as a tensor, and between 0 and 1.
pub(crate) struct Images {
    group: ImageGroup,
    batches: Vec<(Tensor, Vec<f32>)>,
    size: usize,
}

impl Images {
    /// Takes about `count` of the test images at these places, in batches of `size`, or of all there
    /// are.
    pub fn of(
        data: &Dataset,
        (group, places): (ImageGroup, &[i64]),
        size: usize,
        count: usize,
    ) -> Self {
        let size = size.min(places.len());
        // Spread over all: the examples of some datasets are sorted.
        let step = (places.len() / count.max(size)).max(1);
        let spread: Vec<i64> = places.iter().copied().step_by(step).collect();
        let batches = spread.chunks_exact(size).take(count.div_ceil(size)).map(|places| {
            let images = data.test.images.index_select(0, &Tensor::from_slice(places));
            let raw = raw(data, &images);
            (images, raw)
        });
        Self { group, batches: batches.collect(), size }
    }
}

/// The dense network has no gates.
struct AllOpen;

impl Regularizer for AllOpen {}

/// Computes a batch, given both ways, and returns the mean FLOPs of an image.
type Compute<'a> = dyn FnMut(&Tensor, &[f32]) -> f64 + 'a;

/// A network that takes part.
pub(crate) struct Contestant<'a> {
    model: String,
    engine: Engine,
    compute: Box<Compute<'a>>,
    times: Vec<f64>,
    flops: f64,
    energy: Result<f64, String>,
}

impl<'a> Contestant<'a> {
    /// Lets libtorch compute a dense network, with its own threads.
    pub fn libtorch(model: &str, map: &'a ModelMap, parameters: &'a Parameters) -> Self {
        Self::new(model, Engine::Libtorch, move |images, _| {
            let _no_graph = tch::no_grad_guard();
            let pass = Pass::evaluate(Mode::Hard);
            drop(Forward::new(map, parameters, &mut AllOpen, pass).run(images));
            map.flops() as f64
        })
    }

    /// Lets our engine compute a network, for batches of up to `most` images.
    pub fn engine(model: &str, network: &'a Network, most: usize, threads: NonZeroUsize) -> Self {
        let mut engine = ParallelEngine::new(network, most, threads);
        Self::new(model, Engine::SwanbenchInfer, move |_, raw| {
            let flops = engine.run(raw).flops;
            flops.iter().sum::<f64>() / flops.len() as f64
        })
    }

    fn new(model: &str, engine: Engine, compute: impl FnMut(&Tensor, &[f32]) -> f64 + 'a) -> Self {
        let (compute, times) = (Box::new(compute), Vec::new());
        Self { model: model.to_owned(), engine, compute, times, flops: 0.0, energy: Ok(0.0) }
    }

    /// Computes all batches once, and keeps the time of each.
    fn turn(&mut self, images: &Images, meter: &Meter) {
        let before = meter.read();
        for (tensor, raw) in &images.batches {
            let started = Instant::now();
            self.flops += (self.compute)(tensor, raw);
            self.times.push(started.elapsed().as_secs_f64());
        }
        let used = meter.since(before);
        self.energy = self.energy.clone().and_then(|energy| Ok(energy + used?));
    }
}

/// Lets all contestants compute in turns, for so many seconds each on average. The first one is the
/// dense network in libtorch.
pub(crate) fn compete(
    mut all: Vec<Contestant<'_>>,
    images: &Images,
    threads: u32,
    seconds: f64,
) -> Vec<Row> {
    let meter = Meter::find();
    // Caches and branch predictors learn first.
    for contestant in &mut all {
        contestant.turn(images, &meter);
        (contestant.times, contestant.flops, contestant.energy) = (Vec::new(), 0.0, Ok(0.0));
    }
    let enough = Duration::from_secs_f64(seconds * all.len() as f64);
    let started = Instant::now();
    while all[0].times.is_empty() || started.elapsed() < enough {
        for contestant in &mut all {
            contestant.turn(images, &meter);
        }
    }
    for contestant in &mut all {
        contestant.times.sort_by(f64::total_cmp);
    }
    let first = quantile(&all[0].times, 0.5);
    let dense = all[0].flops / all[0].times.len() as f64;
    let row = |contestant: Contestant<'_>| {
        let Contestant { model, engine, times, flops, energy, .. } = contestant;
        let (count, total) = (times.len() as f64, times.iter().sum::<f64>());
        let theoretical = dense / (flops / count);
        let realised = first / quantile(&times, 0.5);
        let timing = Timing {
            engine,
            images: images.group,
            batch: images.size as u32,
            threads,
            p50_us: 1e6 * quantile(&times, 0.5),
            p95_us: 1e6 * quantile(&times, 0.95),
            images_per_sec: count * images.size as f64 / total,
            theoretical_speedup: theoretical,
            realised_speedup: realised,
            ratio: realised / theoretical,
        };
        let energy_uj = energy.map(|energy| energy / (count * images.size as f64));
        Row { model, timing, energy_uj }
    };
    all.into_iter().map(row).collect()
}
