//! The loop.

use std::{rc::Rc, time::Instant};

use swanbench_core::{
    ModelMap, ParameterGroup, Parameters, SeedStream, Setup, State, StateError, TrainProgress,
};
use swanbench_data::{Augmentation, Dataset};
use swanbench_spec::{Epoch, ExampleUse, Mode, RunRecord, RunSpec, Stage};
use swanbench_torch::{Generator, TorchError};
use tch::Device;

use crate::{
    Checkpoint, Job, Next, Observer, TrainError, checkpoint::TrainState, evaluate::evaluate_quick,
    measure::Shares, network::Network, optimizers::Optimizers, schedule::lr_scale, step::Sums,
};

/// Trains one run to its end.
///
/// Training proper comes first; then, for methods that recover, pruning or the switch to hard gates
/// and the recovery epochs, which are the last of the run's epochs. The optimizer and its schedule
/// start afresh in each stage. Where the run has further phases, the network then goes on with the
/// task of each: the same method at the same budget, other data.
///
/// # Errors
/// If the loss stops being finite, given weights do not fit, or libtorch refuses something.
pub fn train(job: Job<'_>, observer: &mut dyn Observer) -> Result<RunRecord, TrainError> {
    let run = job.run;
    let mut trainer = Trainer::new(job)?;
    if trainer.reached.phase == 1 {
        trainer.first_phase(observer)?;
    }
    for (phase, _, epochs) in run.later_phases() {
        if trainer.reached.phase <= phase {
            trainer.later_phase(phase, epochs, observer)?;
        }
    }
    trainer.measure_further()?;
    Ok(RunRecord {
        train_flops: trainer.train_flops(),
        wall_secs: trainer.wall_secs(),
        evaluations: trainer.reached.evaluations,
        epochs: trainer.reached.epochs,
        sites: trainer.reached.sites,
        examples: trainer.examples,
    })
}

/// A run while it is being trained.
pub struct Trainer<'a> {
    pub run: &'a RunSpec,
    /// The data of the run as they are, and as the task of the present phase has them.
    given: Dataset,
    pub data: Dataset,
    pub reference: &'a ModelMap,
    pub network: Network,
    /// What the method trains beside the model's parameters.
    groups: Vec<ParameterGroup>,
    order: Generator,
    /// How training images are varied, and the stream for it; none where they stay as they are.
    augmentation: Option<(Augmentation, Generator)>,
    pub reached: TrainState,
    /// What became of the test examples when they were last measured with hard gates.
    pub examples: Vec<ExampleUse>,
    /// The optimizer's state at the checkpoint that the run goes on from, until it is taken.
    kept_optimizers: Option<State>,
    started: Instant,
}

impl<'a> Trainer<'a> {
    fn new(job: Job<'a>) -> Result<Self, TrainError> {
        let Job { run, data, model, reference, weights, densities, mut method, device, checkpoint } =
            job;
        // Weights and order are drawn on the CPU whatever the device, so that a seed means the same
        // everywhere; what is drawn in every step is not worth the transfer.
        let mut init = SeedStream::Init.generator(run.seed, Device::Cpu)?;
        let order = SeedStream::Order.generator(run.seed, Device::Cpu)?;
        let mut parameters = Parameters::initialise(model.map(), &mut init, device)?;
        if let Some(weights) = weights {
            parameters.start_from(model.map(), &weights)?;
        }
        let groups = method.attach(Setup {
            map: model.map(),
            parameters: &parameters,
            generator: SeedStream::MethodDef.generator(run.seed, device)?,
            device,
            densities: densities.as_deref(),
        })?;
        let given = data;
        let data = for_phase(&given, run, 1)?;
        let augmentation = match augmentation(&data, run) {
            Some(augmentation) => {
                Some((augmentation, SeedStream::Augment.generator(run.seed, device)?))
            }
            None => None,
        };
        let precision = run.train.precision;
        let network = Network { model: Rc::from(model), parameters, method, device, precision };
        let mut trainer = Self {
            run,
            given,
            data,
            reference,
            network,
            groups,
            order,
            augmentation,
            reached: TrainState::start(),
            examples: Vec::new(),
            kept_optimizers: None,
            started: Instant::now(),
        };
        if let Some(checkpoint) = checkpoint {
            trainer.restore(checkpoint)?;
            trainer.take_data()?;
        }
        Ok(trainer)
    }

    /// Seconds of work in this run, those before an interruption included.
    pub fn wall_secs(&self) -> f64 {
        self.reached.wall_secs + self.started.elapsed().as_secs_f64()
    }

    /// What is needed to go on from here.
    fn checkpoint(&self, optimizers: &Optimizers) -> Result<Checkpoint, TorchError> {
        let mut state = State::default();
        state.keep_all("parameters", self.network.parameters.tensors());
        state.keep_all("groups", self.groups.iter().flat_map(|group| &group.parameters));
        state.include("optimizers", optimizers.state());
        state.include("method", self.network.method.state()?);
        state.keep_stream("order", &self.order)?;
        if let Some((_, generator)) = &self.augmentation {
            state.keep_stream("augmentation", generator)?;
        }
        let progress = TrainState { wall_secs: self.wall_secs(), ..self.reached.clone() };
        Ok(Checkpoint { progress, state })
    }

    fn restore(&mut self, Checkpoint { progress, state }: Checkpoint) -> Result<(), StateError> {
        let Network { model, parameters, method, .. } = &mut self.network;
        state.restore_all("parameters", parameters.tensors_mut())?;
        let groups = self.groups.iter_mut().flat_map(|group| &mut group.parameters);
        state.restore_all("groups", groups)?;
        method.restore(&state.part("method"), model.map(), parameters)?;
        state.restore_stream("order", &mut self.order)?;
        if let Some((_, generator)) = &mut self.augmentation {
            state.restore_stream("augmentation", generator)?;
        }
        self.kept_optimizers = Some(state.part("optimizers"));
        self.reached = progress;
        Ok(())
    }

    /// Training proper, and recovery for methods that have it.
    fn first_phase(&mut self, observer: &mut dyn Observer) -> Result<(), TrainError> {
        let settings = &self.run.train;
        let recovers = self.network.method.recovers();
        let recovery_epochs = if recovers { settings.recovery_epochs } else { 0 };
        if self.reached.stage == Stage::Training {
            self.stage(settings.epochs - recovery_epochs, observer)?;
            if recovers {
                self.start_recovery()?;
            }
            self.measure()?;
            if recovery_epochs > 0 {
                self.enter(Stage::Recovery);
            }
        }
        if recovery_epochs > 0 {
            self.stage(recovery_epochs, observer)?;
            self.measure()?;
        }
        Ok(())
    }

    /// The epochs on another task, or what is left of them.
    fn later_phase(
        &mut self,
        phase: u32,
        epochs: u32,
        observer: &mut dyn Observer,
    ) -> Result<(), TrainError> {
        if self.reached.phase < phase {
            self.reached.phase = phase;
            self.take_data()?;
            self.enter(Stage::Training);
            self.measure()?;
            self.enter(Stage::Recovery);
        }
        self.stage(epochs, observer)?;
        self.measure()
    }

    /// The data of the present phase in the place of those before.
    fn take_data(&mut self) -> Result<(), TrainError> {
        self.data = for_phase(&self.given, self.run, self.reached.phase)?;
        if let Some((augmentation, _)) = &mut self.augmentation {
            augmentation.black = self.data.black.shallow_clone();
        }
        Ok(())
    }

    fn enter(&mut self, stage: Stage) {
        self.reached.stage = stage;
        self.reached.stage_epochs = 0;
    }

    /// The epochs of the stage that has been reached, with an optimizer of its own.
    fn stage(&mut self, epochs: u32, observer: &mut dyn Observer) -> Result<(), TrainError> {
        let mut optimizers =
            Optimizers::new(&self.run.train, &self.network.parameters, &self.groups);
        if let Some(kept) = self.kept_optimizers.take() {
            optimizers.restore(&kept)?;
        }
        for index in self.reached.stage_epochs..epochs {
            let span = (f64::from(index) / f64::from(epochs), 1.0 / f64::from(epochs));
            let epoch = self.epoch(span, &mut optimizers)?;
            let next = observer.epoch(&epoch);
            self.reached.epochs.push(epoch);
            self.reached.stage_epochs = index + 1;
            if next != Next::Continue {
                observer.keep(&self.checkpoint(&optimizers)?).map_err(TrainError::Keep)?;
            }
            if next == Next::Stop {
                return Err(TrainError::Interrupted { epoch: self.reached.epochs.len() as u32 });
            }
        }
        Ok(())
    }

    /// Pruning, or the switch to hard gates.
    fn start_recovery(&mut self) -> Result<(), TorchError> {
        let _no_graph = tch::no_grad_guard();
        let Network { model, parameters, method, .. } = &mut self.network;
        method.start_recovery(model.map(), parameters)
    }

    /// One pass over train. `span` is where in its stage the epoch begins and how long it is.
    fn epoch(
        &mut self,
        (begin, length): (f64, f64),
        optimizers: &mut Optimizers,
    ) -> Result<Epoch, TrainError> {
        let (device, stage) = (self.network.device, self.reached.stage);
        let examples = self.data.train.len();
        let batch_size = i64::from(self.run.train.batch_size);
        let order = self.order.permutation(examples)?.to_device(device);
        let steps = (examples as f64 / batch_size as f64).ceil();
        // Summed on the device: asking for a number in every step would stall a GPU.
        let mut sums = Sums::zero(device);
        for (step, (images, labels)) in self.data.train.batches(&order, batch_size).enumerate() {
            let images = match &mut self.augmentation {
                Some((augmentation, generator)) => augmentation.apply(&images, generator)?,
                None => images,
            };
            let fraction = begin + length * step as f64 / steps;
            let factor = lr_scale(self.run.train.schedule, fraction);
            let rate = self.run.train.learning_rate * factor;
            let epoch = self.reached.stage_epochs;
            let progress = TrainProgress { stage, fraction, epoch };
            self.network.step((&images, &labels), progress, optimizers, rate, &mut sums)?;
        }
        self.reached.examples += examples as u64;
        let number = self.reached.epochs.len() as u32 + 1;
        let train_loss = sums.loss.double_value(&[]) / examples as f64;
        if !train_loss.is_finite() {
            return Err(TrainError::Diverged { epoch: number });
        }
        let soft = self.network.method.modes().contains(&Mode::Soft);
        let mut look = |mode| evaluate_quick(&mut self.network, &self.data.validation, mode);
        let validation = look(Mode::Hard)?;
        let soft = soft.then(|| look(Mode::Soft)).transpose()?;
        let shares = Shares::of(self.reference);
        Ok(Epoch {
            epoch: number,
            task_index: self.reached.phase,
            stage,
            train_loss,
            penalty: sums.penalty.double_value(&[]) / steps,
            val_accuracy: validation.accuracy,
            activity: shares.activity(validation.open_units),
            soft_accuracy: soft.as_ref().map(|soft| soft.accuracy),
            soft_activity: soft.as_ref().map(|soft| shares.activity(soft.open_units)),
            ramp: self.network.method.ramp(TrainProgress {
                stage,
                fraction: begin + length,
                epoch: self.reached.stage_epochs,
            }),
        })
    }
}

/// The data as the task of a phase has them.
fn for_phase(given: &Dataset, run: &RunSpec, phase: u32) -> Result<Dataset, TrainError> {
    match run.phases.get(phase as usize - 1) {
        Some(task) => Ok(given.of_task(task)?),
        None => Ok(given.share()),
    }
}

/// How training images are varied; none where they stay as they are.
fn augmentation(data: &Dataset, run: &RunSpec) -> Option<Augmentation> {
    let fields = &run.data_options;
    let varies = fields.crop_padding > 0 || fields.flip;
    varies.then(|| data.augmentation(fields.crop_padding.into(), fields.flip))
}
