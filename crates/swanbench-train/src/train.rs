//! The training loop.

use swanbench_core::TrainProgress;
use swanbench_spec::{Epoch, Mode, RunRecord, Stage, Task};

use crate::{
    Next, Observer, TrainError, TrainInput, TrainedModel,
    evaluate::evaluate_quick,
    gated_model::GatedModel,
    measure::Shares,
    optimizers::Optimizers,
    schedule::lr_scale,
    step::Sums,
    trainer::{Augmenter, Trainer},
};

/// Trains one run to its end.
///
/// Training comes first; then, for methods that recover, pruning or the switch to hard gates and
/// the recovery epochs, which are the last of the run's epochs. The optimizer and its schedule
/// start again in each stage. If the run has further tasks, the network then continues with each:
/// the same method at the same budget, other data.
///
/// Returns an error if the loss stops being finite, given weights do not fit, or libtorch fails.
pub fn train(input: TrainInput<'_>, observer: &mut dyn Observer) -> Result<RunRecord, TrainError> {
    let run = input.run;
    let mut trainer = Trainer::new(input)?;
    if trainer.state.task_index == 1 {
        trainer.train_first_task(observer)?;
    }
    for (task_index, task, epochs) in run.later_phases() {
        if trainer.state.task_index <= task_index {
            trainer.train_later_task((task_index, task), epochs, observer)?;
        }
    }
    trainer.measure_finished()?;
    let model = TrainedModel { network: &trainer.network, groups: &trainer.groups };
    observer.trained(&model).map_err(TrainError::Keep)?;
    Ok(RunRecord {
        train_flops: trainer.train_flops(),
        wall_secs: trainer.wall_secs(),
        evaluations: trainer.state.evaluations,
        epochs: trainer.state.epochs,
        sites: trainer.state.sites,
        examples: trainer.examples,
    })
}

/// The part of a stage that an epoch covers, in shares of the stage.
#[derive(Clone, Copy)]
struct Span {
    begin: f64,
    length: f64,
}

impl Trainer<'_> {
    /// Trains, and recovers if the method does.
    fn train_first_task(&mut self, observer: &mut dyn Observer) -> Result<(), TrainError> {
        let recovers = self.network.method.capabilities().recovers;
        let (training_epochs, recovery_epochs) = self.run.train.stages(recovers);
        if self.state.stage == Stage::Training {
            self.train_stage(training_epochs, &Task::default(), observer)?;
            if recovers {
                let _no_graph = tch::no_grad_guard();
                let GatedModel { model, parameters, method, .. } = &mut self.network;
                method.start_recovery(model, parameters)?;
            }
            self.measure()?;
            if recovery_epochs > 0 {
                self.enter(Stage::Recovery);
            }
        }
        if recovery_epochs > 0 {
            self.train_stage(recovery_epochs, &Task::default(), observer)?;
            self.measure()?;
        }
        Ok(())
    }

    /// Trains on another task, or finishes its remaining epochs.
    fn train_later_task(
        &mut self,
        (task_index, task): (u32, &Task),
        epochs: u32,
        observer: &mut dyn Observer,
    ) -> Result<(), TrainError> {
        if self.state.task_index < task_index {
            self.state.task_index = task_index;
            self.take_data()?;
            self.enter(Stage::Training);
            self.measure()?;
            self.enter(Stage::Recovery);
        }
        self.train_stage(epochs, task, observer)?;
        self.measure()
    }

    /// Trains the remaining epochs of the present stage, with an optimizer of its own, as the task
    /// says.
    fn train_stage(
        &mut self,
        epochs: u32,
        task: &Task,
        observer: &mut dyn Observer,
    ) -> Result<(), TrainError> {
        let GatedModel { parameters, .. } = &self.network;
        let mut optimizers = Optimizers::new(&self.run.train, parameters, &self.groups, task.learn);
        if let Some(kept) = self.kept_optimizers.take() {
            optimizers.restore(&kept)?;
        }
        for index in self.state.stage_epochs..epochs {
            let begin = f64::from(index) / f64::from(epochs);
            let span = Span { begin, length: 1.0 / f64::from(epochs) };
            let epoch = self.train_epoch(span, &mut optimizers, &task.measure_after_steps)?;
            let next = observer.epoch(&epoch);
            self.state.epochs.push(epoch);
            self.state.stage_epochs = index + 1;
            if next != Next::Continue {
                observer.keep(&self.checkpoint(&optimizers)?).map_err(TrainError::Keep)?;
            }
            if next == Next::Stop {
                return Err(TrainError::Interrupted { epoch: self.state.epochs.len() as u32 });
            }
        }
        Ok(())
    }

    /// Trains on every example once, and evaluates on validation; measures after some steps of the
    /// stage.
    fn train_epoch(
        &mut self,
        span: Span,
        optimizers: &mut Optimizers,
        measured_steps: &[u64],
    ) -> Result<Epoch, TrainError> {
        let data = self.data.share();
        let examples = data.train.len();
        let batch_size = i64::from(self.run.train.batch_size);
        let order = self.order.permutation(examples)?.to_device(self.network.device);
        let steps = self.run.train.steps_of_epoch(examples);
        let before = u64::from(self.state.stage_epochs) * steps;
        // Summed on the device: reading a number in every step would stall a GPU.
        let mut sums = Sums::zero(self.network.device);
        for (step, (images, labels)) in (1..).zip(data.train.batches(&order, batch_size)) {
            let images = match &mut self.augmentation {
                Some(Augmenter { changes, generator }) => changes.apply(&images, generator)?,
                None => images,
            };
            let fraction = span.begin + span.length * (step - 1) as f64 / steps as f64;
            let (stage, epoch) = (self.state.stage, self.state.stage_epochs);
            let task_index = self.state.task_index;
            let progress = TrainProgress { task_index, stage, fraction, epoch };
            let factor = lr_scale(self.run.train.schedule, fraction);
            let rate = self.run.train.learning_rate * factor;
            self.network.step(&images, &labels, progress, optimizers, rate, &mut sums)?;
            if measured_steps.contains(&(before + step)) {
                self.measure_after(before + step)?;
            }
        }
        self.state.examples += examples as u64;
        let train_loss = sums.loss.double_value(&[]) / examples as f64;
        if !train_loss.is_finite() {
            return Err(TrainError::Diverged { epoch: self.state.epochs.len() as u32 + 1 });
        }
        let penalty = sums.penalty.double_value(&[]) / steps as f64;
        self.epoch_row(span.begin + span.length, train_loss, penalty)
    }

    /// Evaluates on validation at the end of an epoch, the share `fraction` of the stage.
    fn epoch_row(
        &mut self,
        fraction: f64,
        train_loss: f64,
        penalty: f64,
    ) -> Result<Epoch, TrainError> {
        let capabilities = self.network.method.capabilities();
        let has_soft = capabilities.modes.contains(&Mode::Soft);
        let modes = if has_soft { &[Mode::Hard, Mode::Soft][..] } else { &[Mode::Hard] };
        let evaluated = evaluate_quick(&mut self.network, &self.data.validation, modes)?;
        let (hard, soft) = (&evaluated[0], evaluated.get(1));
        let shares = Shares::of(self.reference);
        let (stage, epoch) = (self.state.stage, self.state.stage_epochs);
        let task_index = self.state.task_index;
        let progress = TrainProgress { task_index, stage, fraction, epoch };
        Ok(Epoch {
            epoch: self.state.epochs.len() as u32 + 1,
            task_index,
            stage,
            train_loss,
            penalty,
            val_accuracy: hard.accuracy,
            activity: shares.activity(hard.open_units),
            soft_accuracy: soft.map(|soft| soft.accuracy),
            soft_activity: soft.map(|soft| shares.activity(soft.open_units)),
            ramp: capabilities.ramp.map(|ramp| ramp.at(progress.training())),
        })
    }
}
