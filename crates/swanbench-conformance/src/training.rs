//! Training of any method on any model with a few real digits, without the command.

use std::time::{Duration, Instant};

use swanbench_core::{Budget, MethodEntry, ModelBuilder, ModelEntry, ModelMap, least_target};
use swanbench_data::{DataDirs, Dataset, lookup};
use swanbench_spec::{
    BudgetKind, ComponentConfig, ComponentInfo, DataOptions, Epoch, RunRecord, RunSpec, Train,
};
use swanbench_torch::Device;
use swanbench_train::{Checkpoint, KeepError, Next, Observer, TrainError, TrainInput, train};

/// The share of the budget that methods may use.
pub const TARGET: f64 = 0.25;

/// An observer that notes the end of each epoch, and keeps the checkpoint of a stopped run.
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

/// Loads real digits: the first `count`, a tenth of them for validation, and as many for test.
pub fn digits(count: u64) -> Dataset {
    dataset("mnist-5k", Some(count))
}

/// Loads the first examples of a dataset, a tenth of them for validation; all without `limit`.
pub fn dataset(name: &str, limit: Option<u64>) -> Dataset {
    let definition = lookup(name).unwrap();
    let config = defaults(&definition.info());
    let raw = definition.load(&config, &DataDirs::from_environment(None)).unwrap();
    Dataset::prepare(&raw, 0.1, limit, Device::Cpu).unwrap()
}

/// Returns the models that a test can train in seconds: below ten million MACs per digit.
pub fn small_models(models: &[ModelEntry]) -> impl Iterator<Item = &ModelEntry> {
    models.iter().filter(|model| {
        let builder = ModelBuilder::new([1, 28, 28], 10, 1.0);
        model.build(&defaults(&model.info()), builder).unwrap().macs() < 10_000_000
    })
}

/// Configures a component with its default settings.
pub fn defaults(info: &ComponentInfo) -> ComponentConfig {
    ComponentConfig::new(info.name, info.settings.defaults())
}

/// The settings of a run beside its method and model.
#[derive(Debug, Clone, Copy)]
pub struct RequestedRun {
    /// Scale of the model's hidden units.
    pub width: f64,
    /// Epochs of both stages.
    pub epochs: u32,
    /// Epochs of recovery, for methods that recover.
    pub recovery_epochs: u32,
    /// The run's seed.
    pub seed: u64,
    /// Examples per step.
    pub batch_size: u32,
}

fn run_spec(method: &ComponentInfo, model: &ComponentInfo, request: RequestedRun) -> RunSpec {
    let RequestedRun { width, epochs, recovery_epochs, seed, batch_size } = request;
    RunSpec {
        id: String::new(),
        label: method.name.to_owned(),
        data: ComponentConfig::new("mnist-5k", serde_json::json!({})),
        data_options: DataOptions::default(),
        model: defaults(model),
        model_width: width,
        weights: None,
        train: Train { epochs, recovery_epochs, batch_size, ..Train::default() },
        method: defaults(method),
        budget: BudgetKind::Flops,
        target: method.takes_target.then_some(TARGET),
        width: 1.0,
        shape: None,
        seed,
        phases: Vec::new(),
        sources: Vec::new(),
    }
}

/// Trains one run to its end.
///
/// # Panics
/// Panics if the run fails.
pub fn trained(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    request: RequestedRun,
) -> RunRecord {
    let mut clock = Clock::start(None);
    let record = train_observed(method, model, data, request, None, &mut clock);
    let (method, model) = (method.info().name, model.info().name);
    record.unwrap_or_else(|error| panic!("{method} on {model}: {error}"))
}

/// Trains one run with other settings of the method and another target.
///
/// # Panics
/// Panics if the run fails.
pub fn trained_with(
    method: &MethodEntry,
    settings: serde_json::Value,
    target: f64,
    model: &ModelEntry,
    data: &Dataset,
    request: RequestedRun,
) -> RunRecord {
    let mut run = run_spec(&method.info(), &model.info(), request);
    (run.method.settings, run.target) = (settings.into(), Some(target));
    train_run(method, model, data, &run, None, &mut Clock::start(None)).unwrap()
}

/// Trains the same run, stopped after `epoch` and continued from the bytes of its checkpoint.
pub fn trained_in_two_parts(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    request: RequestedRun,
    epoch: u32,
) -> RunRecord {
    let mut clock = Clock::start(Some(epoch));
    let stopped = train_observed(method, model, data, request, None, &mut clock);
    assert!(matches!(stopped, Err(TrainError::Interrupted { epoch: at }) if at == epoch));
    let checkpoint = Checkpoint::from_bytes(&clock.kept.unwrap()).unwrap();
    let mut clock = Clock::start(None);
    train_observed(method, model, data, request, Some(checkpoint), &mut clock).unwrap()
}

/// Measures the time of each epoch of a run.
pub fn epoch_times(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    request: RequestedRun,
) -> Vec<Duration> {
    let mut clock = Clock::start(None);
    train_observed(method, model, data, request, None, &mut clock).unwrap();
    let ends = clock.epochs;
    let starts = std::iter::once(Duration::ZERO).chain(ends.clone());
    ends.iter().zip(starts).map(|(end, start)| end.saturating_sub(start)).collect()
}

/// Trains one run to its end under an observer of the caller's.
///
/// # Panics
/// Panics if the run fails.
pub fn train_with_observer(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    request: RequestedRun,
    observer: &mut dyn Observer,
) -> RunRecord {
    train_observed(method, model, data, request, None, observer).unwrap()
}

/// Tells whether the method can be held to [`TARGET`] in FLOPs on digits; k winners cannot, which
/// compute all units of the first layer. If not, it is held to the same share of the units.
pub fn reaches_target(method: &MethodEntry, model: &ModelEntry, width: f64) -> bool {
    let builder = ModelBuilder::new([1, 28, 28], 10, width);
    let model = model.build(&defaults(&model.info()), builder).unwrap();
    let built = method.build(&defaults(&method.info())).unwrap();
    let budget = Budget::new(BudgetKind::Flops, TARGET, &model);
    least_target(&*built, &model, budget) <= TARGET
}

fn train_observed(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    request: RequestedRun,
    checkpoint: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> Result<RunRecord, TrainError> {
    let mut run = run_spec(&method.info(), &model.info(), request);
    if !reaches_target(method, model, request.width) {
        run.budget = BudgetKind::Units;
    }
    train_run(method, model, data, &run, checkpoint, observer)
}

fn train_run(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    run: &RunSpec,
    checkpoint: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> Result<RunRecord, TrainError> {
    let build = || -> ModelMap {
        let builder = ModelBuilder::new(data.shape, data.classes, run.model_width);
        model.build(&run.model, builder).unwrap()
    };
    let reference = build();
    let input = TrainInput {
        run,
        data: data.share(),
        model: build(),
        reference: &reference,
        weights: None,
        densities: None,
        method: method.build(&run.method).unwrap(),
        device: Device::Cpu,
        checkpoint,
    };
    train(input, observer)
}
