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
use tch::{Cuda, Device, Tensor};

use crate::{energy::Meter, engine::raw};

/// What one network took.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The name of the network.
    pub model: String,
    /// Where it was computed: `cpu`, or `cuda:0`.
    pub device: String,
    /// How long it took.
    #[serde(flatten)]
    pub timing: Timing,
    /// Of the processor or the card, per image in microjoules, or why it is not known.
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
    /// are; the tensors on `device`.
    pub fn of(
        data: &Dataset,
        (group, places): (ImageGroup, &[i64]),
        size: usize,
        count: usize,
        device: Device,
    ) -> Self {
        let size = size.min(places.len());
        // Spread over all: the examples of some datasets are sorted.
        let step = (places.len() / count.max(size)).max(1);
        let spread: Vec<i64> = places.iter().copied().step_by(step).collect();
        let batches = spread.chunks_exact(size).take(count.div_ceil(size)).map(|places| {
            let images = data.test.images.index_select(0, &Tensor::from_slice(places));
            let raw = raw(data, &images);
            (images.to_device(device), raw)
        });
        Self { group, batches: batches.collect(), size }
    }
}

/// The dense network has no gates.
pub(crate) struct AllOpen;

impl Regularizer for AllOpen {}

/// Computes a batch, given both ways, and returns the mean FLOPs of an image.
type Compute<'a> = dyn FnMut(&Tensor, &[f32]) -> f64 + 'a;

/// A network that takes part.
pub(crate) struct Contestant<'a> {
    model: String,
    device: Device,
    engine: Engine,
    compute: Box<Compute<'a>>,
    /// By group of images.
    measured: Vec<Measured>,
}

/// What a network took for one group of images.
struct Measured {
    /// Of each batch, in seconds.
    times: Vec<f64>,
    /// The sum over batches of the mean FLOPs of an image.
    flops: f64,
    /// In microjoules.
    energy: Result<f64, String>,
}

impl Default for Measured {
    fn default() -> Self {
        Self { times: Vec::new(), flops: 0.0, energy: Ok(0.0) }
    }
}

impl<'a> Contestant<'a> {
    /// Lets libtorch compute a dense network, with its own threads, where its parameters are.
    pub fn libtorch(model: &str, map: &'a ModelMap, parameters: &'a Parameters) -> Self {
        let device = parameters.device();
        Self::new(model, device, Engine::Libtorch, move |images, _| {
            let _no_graph = tch::no_grad_guard();
            let pass = Pass::evaluate(Mode::Hard);
            drop(Forward::new(map, parameters, &mut AllOpen, pass).run(images));
            // A card has only begun when the call returns.
            if let Device::Cuda(index) = device {
                Cuda::synchronize(index as i64);
            }
            map.flops() as f64
        })
    }

    /// Lets our engine compute a network, for batches of up to `most` images.
    pub fn engine(model: &str, network: &'a Network, most: usize, threads: NonZeroUsize) -> Self {
        let mut engine = ParallelEngine::new(network, most, threads);
        Self::new(model, Device::Cpu, Engine::SwanbenchInfer, move |_, raw| {
            let flops = engine.run(raw).flops;
            flops.iter().sum::<f64>() / flops.len() as f64
        })
    }

    fn new(
        model: &str,
        device: Device,
        engine: Engine,
        compute: impl FnMut(&Tensor, &[f32]) -> f64 + 'a,
    ) -> Self {
        let (compute, measured) = (Box::new(compute), Vec::new());
        Self { model: model.to_owned(), device, engine, compute, measured }
    }

    /// Computes all batches of all groups once, or as often as the meter needs, and keeps the time of each.
    fn turn(&mut self, groups: &[Images], meter: &Meter) {
        self.measured.resize_with(groups.len(), Measured::default);
        for (images, measured) in groups.iter().zip(&mut self.measured) {
            let (before, begun) = (meter.read(), Instant::now());
            loop {
                for (tensor, raw) in &images.batches {
                    let started = Instant::now();
                    measured.flops += (self.compute)(tensor, raw);
                    measured.times.push(started.elapsed().as_secs_f64());
                }
                if begun.elapsed() >= meter.turn() {
                    break;
                }
            }
            let used = meter.since(before);
            measured.energy = measured.energy.clone().and_then(|energy| Ok(energy + used?));
        }
    }
}

/// Lets all contestants compute in turns, for so many seconds each and for each group of images on
/// average. The first one is the dense network in libtorch. Returns the rows by group.
pub(crate) fn compete(
    mut all: Vec<Contestant<'_>>,
    groups: &[Images],
    threads: u32,
    seconds: f64,
) -> Vec<Vec<Row>> {
    let meter = Meter::of(all[0].device);
    // Caches and branch predictors learn first.
    for contestant in &mut all {
        contestant.turn(groups, &meter);
        contestant.measured.clear();
    }
    let enough = Duration::from_secs_f64(seconds * (all.len() * groups.len()) as f64);
    let started = Instant::now();
    while all[0].measured.is_empty() || started.elapsed() < enough {
        for contestant in &mut all {
            contestant.turn(groups, &meter);
        }
    }
    for measured in all.iter_mut().flat_map(|contestant| &mut contestant.measured) {
        measured.times.sort_by(f64::total_cmp);
    }
    let rows = |(group, images)| {
        let dense = &all[0].measured[group];
        all.iter().map(|contestant| row(contestant, dense, group, images, threads)).collect()
    };
    groups.iter().enumerate().map(rows).collect()
}

fn row(
    contestant: &Contestant<'_>,
    dense: &Measured,
    group: usize,
    images: &Images,
    threads: u32,
) -> Row {
    let median = |measured: &Measured| quantile(&measured.times, 0.5);
    let flops = |measured: &Measured| measured.flops / measured.times.len() as f64;
    let own = &contestant.measured[group];
    let count = (own.times.len() * images.size) as f64;
    let theoretical = flops(dense) / flops(own);
    let realised = median(dense) / median(own);
    let timing = Timing {
        engine: contestant.engine,
        images: images.group,
        batch: images.size as u32,
        threads,
        p50_us: 1e6 * median(own),
        p95_us: 1e6 * quantile(&own.times, 0.95),
        images_per_sec: count / own.times.iter().sum::<f64>(),
        theoretical_speedup: theoretical,
        realised_speedup: realised,
        ratio: realised / theoretical,
    };
    let energy_uj = own.energy.clone().map(|energy| energy / count);
    let device = match contestant.device {
        Device::Cuda(index) => format!("cuda:{index}"),
        _ => "cpu".to_owned(),
    };
    Row { model: contestant.model.clone(), device, timing, energy_uj }
}
