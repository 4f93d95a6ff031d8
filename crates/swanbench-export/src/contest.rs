//! Networks that are timed in turns on the same images.

use std::time::{Duration, Instant};

use serde::{Serialize, Serializer};
use swanbench_core::{Forward, ModelMap, Parameters, Pass, Regularizer};
use swanbench_data::Dataset;
use swanbench_infer::{Engine, Network};
use swanbench_spec::{Mode, quantile};
use tch::Tensor;

use crate::{energy::Meter, engine::raw};

/// What one network took at one batch size.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The name of the network.
    pub model: String,
    /// What computed it.
    pub engine: &'static str,
    /// Images that were computed at once.
    pub batch: usize,
    /// The median time of a batch, in microseconds.
    pub p50_us: f64,
    /// The time below which 95% of the batches stayed.
    pub p95_us: f64,
    /// Over all batches.
    pub images_per_sec: f64,
    /// The dense network's FLOPs over its own.
    pub theoretical_speedup: f64,
    /// The time of the first contestant over its own, medians.
    pub realised_speedup: f64,
    /// The realised one over the theoretical.
    pub ratio: f64,
    /// Of the processor, per image in microjoules.
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
pub struct Images {
    batches: Vec<(Tensor, Vec<f32>)>,
    size: usize,
}

impl Images {
    /// Takes about `count` test images in batches of `size`.
    pub fn of(data: &Dataset, size: usize, count: usize) -> Self {
        let all = data.test.len().max(1) as usize;
        let size = size.min(all);
        let batches = data.test.batches_in_order(size as i64);
        let whole = batches.filter(|(_, labels)| labels.size()[0] == size as i64);
        let batches = whole.take(count.div_ceil(size)).map(|(images, _)| {
            let raw = raw(data, &images);
            (images, raw)
        });
        Self { batches: batches.collect(), size }
    }
}

/// The dense network has no gates.
struct AllOpen;

impl Regularizer for AllOpen {}

/// Computes a batch, given both ways, and returns the mean FLOPs of an image.
type Compute<'a> = dyn FnMut(&Tensor, &[f32]) -> f64 + 'a;

/// A network that takes part.
pub struct Contestant<'a> {
    model: String,
    engine: &'static str,
    compute: Box<Compute<'a>>,
    times: Vec<f64>,
    flops: f64,
    energy: Result<f64, String>,
}

impl<'a> Contestant<'a> {
    /// Lets libtorch compute a dense network.
    pub fn libtorch(model: &str, map: &'a ModelMap, parameters: &'a Parameters) -> Self {
        Self::new(model, "libtorch", move |images, _| {
            let _no_graph = tch::no_grad_guard();
            let pass = Pass::evaluate(Mode::Hard);
            drop(Forward::new(map, parameters, &mut AllOpen, pass).run(images));
            map.flops() as f64
        })
    }

    /// Lets our engine compute a network, for batches of up to `most` images.
    pub fn engine(model: &str, network: &'a Network, most: usize) -> Self {
        let mut engine = Engine::new(network, most);
        Self::new(model, "swanbench-infer", move |_, raw| {
            let flops = engine.run(raw).flops;
            flops.iter().sum::<f64>() / flops.len() as f64
        })
    }

    fn new(
        model: &str,
        engine: &'static str,
        compute: impl FnMut(&Tensor, &[f32]) -> f64 + 'a,
    ) -> Self {
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

/// Lets all contestants compute in turns, for so many seconds each on average.
pub fn compete(mut all: Vec<Contestant<'_>>, images: &Images, seconds: f64) -> Vec<Row> {
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
        Row {
            model,
            engine,
            batch: images.size,
            p50_us: 1e6 * quantile(&times, 0.5),
            p95_us: 1e6 * quantile(&times, 0.95),
            images_per_sec: count * images.size as f64 / total,
            theoretical_speedup: theoretical,
            realised_speedup: realised,
            ratio: realised / theoretical,
            energy_uj: energy.map(|energy| energy / (count * images.size as f64)),
        }
    };
    all.into_iter().map(row).collect()
}
