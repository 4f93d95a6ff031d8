//! A run while it is trained: its network, data and random streams.

use std::time::Instant;

use swanbench_core::{ModelMap, ParameterGroup, Parameters, SeedStream, State, StateError};
use swanbench_data::{Augmentation, DataError, Dataset};
use swanbench_spec::{ExampleUse, RunSpec, Stage};
use swanbench_torch::{Generator, TorchError};
use tch::Device;

use crate::{
    Checkpoint, TrainError, TrainInput,
    checkpoint::TrainState,
    gated_model::{Attach, GatedModel},
    optimizers::Optimizers,
};

/// A run while it is trained.
pub struct Trainer<'a> {
    pub run: &'a RunSpec,
    /// The data before they are changed to a task's.
    given: Dataset,
    /// The data of the present task.
    pub data: Dataset,
    pub reference: &'a ModelMap,
    pub network: GatedModel,
    /// What the method trains in addition to the model's parameters.
    pub groups: Vec<ParameterGroup>,
    /// The stream of the order of examples.
    pub order: Generator,
    /// `None` if training images stay as they are.
    pub augmentation: Option<Augmenter>,
    pub state: TrainState,
    /// The test examples when they were last evaluated with hard gates.
    pub examples: Vec<ExampleUse>,
    /// The optimizer's state in the checkpoint, until an optimizer takes it.
    pub kept_optimizers: Option<State>,
    started: Instant,
}

/// Random changes of training images, with their stream.
pub struct Augmenter {
    pub changes: Augmentation,
    pub generator: Generator,
}

impl<'a> Trainer<'a> {
    /// Prepares the run, at its checkpoint if it has one.
    pub fn new(input: TrainInput<'a>) -> Result<Self, TrainError> {
        let TrainInput { run, model, weights, method, device, .. } = input;
        // Weights and order are drawn on the CPU whatever the device, so that a seed means the
        // same everywhere; for draws in every step the transfer would cost too much.
        let mut init = SeedStream::Init.generator(run.seed, Device::Cpu)?;
        let mut parameters = Parameters::initialise(&model, &mut init, device)?;
        if let Some(weights) = weights {
            parameters.start_from(&model, &weights)?;
        }
        let (reference, densities) = (input.reference, input.densities.as_deref());
        let attach = Attach { run, model, parameters, reference, method, densities };
        let (network, groups) = GatedModel::attach(attach)?;
        let data = data_of_task(&input.data, run, 1)?;
        let mut trainer = Self {
            run,
            given: input.data,
            augmentation: Augmenter::new(&data, run, device)?,
            data,
            reference: input.reference,
            network,
            groups,
            order: SeedStream::Order.generator(run.seed, Device::Cpu)?,
            state: TrainState::start(),
            examples: Vec::new(),
            kept_optimizers: None,
            started: Instant::now(),
        };
        if let Some(checkpoint) = input.checkpoint {
            trainer.restore(checkpoint)?;
            trainer.take_data()?;
        }
        Ok(trainer)
    }

    /// Returns the seconds of work in this run, those before an interruption included.
    pub fn wall_secs(&self) -> f64 {
        self.state.wall_secs + self.started.elapsed().as_secs_f64()
    }

    /// Starts a stage of the present task.
    pub fn enter(&mut self, stage: Stage) {
        self.state.stage = stage;
        self.state.stage_epochs = 0;
    }

    /// Changes the data to those of the present task.
    pub fn take_data(&mut self) -> Result<(), TrainError> {
        self.data = data_of_task(&self.given, self.run, self.state.task_index)?;
        if let Some(augmenter) = &mut self.augmentation {
            augmenter.changes.black = self.data.black.shallow_clone();
        }
        Ok(())
    }

    /// Copies all that is needed to continue from here.
    pub fn checkpoint(&self, optimizers: &Optimizers) -> Result<Checkpoint, TorchError> {
        let mut state = State::default();
        state.keep_all("parameters", self.network.parameters.tensors());
        state.keep_all("groups", self.groups.iter().flat_map(|group| &group.parameters));
        state.include("optimizers", optimizers.state());
        state.include("method", self.network.method.state()?);
        state.keep_stream("order", &self.order)?;
        if let Some(Augmenter { generator, .. }) = &self.augmentation {
            state.keep_stream("augmentation", generator)?;
        }
        let progress = TrainState { wall_secs: self.wall_secs(), ..self.state.clone() };
        Ok(Checkpoint { progress, state })
    }

    fn restore(&mut self, Checkpoint { progress, state }: Checkpoint) -> Result<(), StateError> {
        let GatedModel { model, parameters, method, .. } = &mut self.network;
        state.restore_all("parameters", parameters.tensors_mut())?;
        let groups = self.groups.iter_mut().flat_map(|group| &mut group.parameters);
        state.restore_all("groups", groups)?;
        method.restore(&state.part("method"), model, parameters)?;
        state.restore_stream("order", &mut self.order)?;
        if let Some(Augmenter { generator, .. }) = &mut self.augmentation {
            state.restore_stream("augmentation", generator)?;
        }
        self.kept_optimizers = Some(state.part("optimizers"));
        self.state = progress;
        Ok(())
    }
}

impl Augmenter {
    fn new(data: &Dataset, run: &RunSpec, device: Device) -> Result<Option<Self>, TorchError> {
        let options = &run.data_options;
        if options.crop_padding == 0 && !options.flip {
            return Ok(None);
        }
        let changes = data.augmentation(options.crop_padding.into(), options.flip);
        let generator = SeedStream::Augment.generator(run.seed, device)?;
        Ok(Some(Self { changes, generator }))
    }
}

/// Changes the data to those of a task, counted from 1.
pub fn data_of_task(given: &Dataset, run: &RunSpec, task_index: u32) -> Result<Dataset, DataError> {
    match run.phases.get(task_index as usize - 1) {
        Some(task) => given.of_task(task),
        None => Ok(given.share()),
    }
}
