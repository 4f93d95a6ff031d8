//! Trains any method on any model with a few real digits, without the command.
#![allow(dead_code, reason = "tests and benchmarks use a part each")]

use std::time::{Duration, Instant};

use swanbench_core::{MethodEntry, Model, ModelBuilder, ModelEntry};
use swanbench_data::{DataDirs, Dataset, lookup};
use swanbench_models::MODELS;
use swanbench_spec::{
    ComponentConfig, ComponentInfo, DataOptions, Epoch, RunRecord, RunSpec, Train,
};
use swanbench_torch::Device;
use swanbench_train::{Checkpoint, Job, KeepError, Next, Observer, TrainError, train};

/// The share of units that methods are asked to keep.
pub const TARGET: f64 = 0.25;

/// When each epoch ended, and the checkpoint where the run was stopped.
struct Clock {
    started: Instant,
    epochs: Vec<Duration>,
    stop_after: Option<u32>,
    kept: Option<Vec<u8>>,
}

impl Clock {
    fn start(stop_after: Option<u32>) -> Self {
        Self { started: Instant::now(), epochs: Vec::new(), stop_after, kept: None }
    }
}

impl Observer for Clock {
    fn epoch(&mut self, epoch: &Epoch) -> Next {
        self.epochs.push(self.started.elapsed());
        if self.stop_after == Some(epoch.epoch) { Next::Stop } else { Next::Continue }
    }

    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), KeepError> {
        self.kept = Some(checkpoint.to_bytes()?);
        Ok(())
    }
}

/// Real digits: the first `count`, a tenth of them for validation, and as many for test.
pub fn digits(count: u64) -> Dataset {
    dataset("mnist-5k", Some(count))
}

/// The first examples of a dataset, a tenth of them for validation; all of them without `limit`.
pub fn dataset(name: &str, limit: Option<u64>) -> Dataset {
    let definition = lookup(name).unwrap();
    let config = defaults(&definition.info());
    let raw = definition.load(&config, &DataDirs::default()).unwrap();
    Dataset::prepare(&raw, 0.1, limit, Device::Cpu).unwrap()
}

/// The models that a test can train in seconds: below ten million MACs for one digit.
pub fn small_models() -> impl Iterator<Item = &'static ModelEntry> {
    MODELS.iter().filter(|model| {
        let plan = ModelBuilder::new([1, 28, 28], 10, 1.0);
        model.build(&defaults(&model.kind()), plan).unwrap().map().macs() < 10_000_000
    })
}

/// A kind with no setting written.
pub fn defaults(kind: &ComponentInfo) -> ComponentConfig {
    ComponentConfig { kind: kind.name.to_owned(), settings: kind.settings.defaults() }
}

/// What a training is asked for beside its method and model.
#[derive(Clone, Copy)]
pub struct RequestedRun {
    pub width: f64,
    pub epochs: u32,
    pub recovery_epochs: u32,
    pub seed: u64,
    pub batch_size: u32,
}

fn run_spec(method: &ComponentInfo, model: &ComponentInfo, asked: RequestedRun) -> RunSpec {
    let RequestedRun { width, epochs, recovery_epochs, seed, batch_size } = asked;
    RunSpec {
        id: String::new(),
        label: method.name.to_owned(),
        data: ComponentConfig { kind: "mnist-5k".to_owned(), settings: serde_json::json!({}) },
        data_options: DataOptions::default(),
        model: defaults(model),
        model_width: width,
        weights: None,
        train: Train { epochs, recovery_epochs, batch_size, ..Train::default() },
        method: defaults(method),
        target: method.takes_target.then_some(TARGET),
        width: 1.0,
        seed,
        phases: Vec::new(),
        sources: Vec::new(),
    }
}

/// Trains one run to its end.
pub fn trained(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    asked: RequestedRun,
) -> RunRecord {
    let mut clock = Clock::start(None);
    let record = watched(method, model, data, asked, None, &mut clock);
    let (method, model) = (method.kind().name, model.kind().name);
    record.unwrap_or_else(|error| panic!("{method} on {model}: {error}"))
}

/// The same run, stopped after `epoch` and continued by another process, as it were.
pub fn trained_in_two_parts(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    asked: RequestedRun,
    epoch: u32,
) -> RunRecord {
    let mut clock = Clock::start(Some(epoch));
    let stopped = watched(method, model, data, asked, None, &mut clock);
    assert!(matches!(stopped, Err(TrainError::Interrupted { epoch: at }) if at == epoch));
    let checkpoint = Checkpoint::from_bytes(&clock.kept.unwrap()).unwrap();
    let mut clock = Clock::start(None);
    watched(method, model, data, asked, Some(checkpoint), &mut clock).unwrap()
}

/// How long each epoch of a run took.
pub fn epoch_times(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    asked: RequestedRun,
) -> Vec<Duration> {
    let mut clock = Clock::start(None);
    watched(method, model, data, asked, None, &mut clock).unwrap();
    let ends = clock.epochs;
    let starts = std::iter::once(Duration::ZERO).chain(ends.clone());
    ends.iter().zip(starts).map(|(end, start)| end.saturating_sub(start)).collect()
}

fn watched(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    asked: RequestedRun,
    checkpoint: Option<Checkpoint>,
    clock: &mut Clock,
) -> Result<RunRecord, TrainError> {
    let run = run_spec(&method.kind(), &model.kind(), asked);
    let build = || -> Box<dyn Model> {
        let plan = ModelBuilder::new(data.shape, data.classes, run.model_width);
        model.build(&run.model, plan).unwrap()
    };
    let reference = build();
    let densities = None;
    let job = Job {
        densities,
        run: &run,
        data: data.share(),
        model: build(),
        reference: reference.map(),
        weights: None,
        method: method.build(&run.method, run.target.unwrap_or(1.0)).unwrap(),
        device: Device::Cpu,
        checkpoint,
    };
    train(job, clock)
}
