//! The loop.

use std::time::Instant;

use swanbench_core::{
    Forward, Model, ModelMap, ParameterGroup, Parameters, Phase, Progress, Regularizer, Setup,
    Stream,
};
use swanbench_data::Dataset;
use swanbench_spec::{Epoch, Evaluation, Mode, RunRecord, RunSpec, Stage};
use swanbench_torch::Generator;
use tch::{Device, Kind, Tensor};

use crate::{
    Job, Observer, TrainError,
    evaluate::{Measured, evaluate},
    optimizers::Optimizers,
    percentile::percentile,
    schedule::learning_rate_factor,
};

/// Forward and backward together cost three times the forward pass: the gradients of inputs and of
/// weights are one more each.
const TRAINING_PASSES: f64 = 3.0;

/// Trains one run to its end.
///
/// Training proper comes first; then, for methods that recover, pruning or the switch to hard gates
/// and the recovery epochs, which are the last of the run's epochs. The optimizer and its schedule
/// start afresh in each stage.
///
/// # Errors
/// If the loss stops being finite, or libtorch refuses something.
pub fn train(job: Job<'_>, observer: &mut dyn Observer) -> Result<RunRecord, TrainError> {
    let started = Instant::now();
    let settings = &job.run.train;
    let recovers = job.method.recovers();
    let recovery_epochs = if recovers { settings.recovery_epochs } else { 0 };

    let mut trainer = Trainer::new(job)?;
    trainer.stage(Stage::Raw, settings.epochs - recovery_epochs, observer)?;
    if recovers {
        let _no_graph = tch::no_grad_guard();
        trainer.method.start_recovery(trainer.model.map(), &trainer.parameters)?;
    }
    trainer.measure(Stage::Raw)?;
    if recovery_epochs > 0 {
        trainer.stage(Stage::FineTuned, recovery_epochs, observer)?;
        trainer.measure(Stage::FineTuned)?;
    }
    Ok(RunRecord {
        train_flops: trainer.train_flops(),
        evaluations: trainer.evaluations,
        epochs: trainer.epochs,
        wall_secs: started.elapsed().as_secs_f64(),
    })
}

struct Trainer<'a> {
    run: &'a RunSpec,
    data: Dataset,
    model: Box<dyn Model>,
    reference: &'a ModelMap,
    method: Box<dyn Regularizer>,
    device: Device,
    parameters: Parameters,
    groups: Vec<ParameterGroup>,
    order: Generator,
    epochs: Vec<Epoch>,
    evaluations: Vec<Evaluation>,
}

impl<'a> Trainer<'a> {
    fn new(job: Job<'a>) -> Result<Self, TrainError> {
        let Job { run, data, model, reference, mut method, device } = job;
        // Weights and order are drawn on the CPU whatever the device, so that a seed means the same
        // everywhere; what a method draws in every step is not worth the transfer.
        let mut init = Stream::Init.generator(run.seed, Device::Cpu)?;
        let order = Stream::Order.generator(run.seed, Device::Cpu)?;
        let parameters = Parameters::initialise(model.map(), &mut init, device)?;
        let groups = method.attach(Setup {
            map: model.map(),
            parameters: &parameters,
            generator: Stream::Method.generator(run.seed, device)?,
            device,
        })?;
        let (epochs, evaluations) = (Vec::new(), Vec::new());
        Ok(Self {
            run,
            data,
            model,
            reference,
            method,
            device,
            parameters,
            groups,
            order,
            epochs,
            evaluations,
        })
    }

    /// The epochs of one stage, with a fresh optimizer.
    fn stage(
        &mut self,
        stage: Stage,
        epochs: u32,
        observer: &mut dyn Observer,
    ) -> Result<(), TrainError> {
        let mut optimizers = Optimizers::new(&self.run.train, &self.parameters, &self.groups);
        for index in 0..epochs {
            let span = (f64::from(index) / f64::from(epochs), 1.0 / f64::from(epochs));
            let epoch = self.epoch(stage, span, &mut optimizers)?;
            observer.epoch(&epoch);
            self.epochs.push(epoch);
        }
        Ok(())
    }

    /// One pass over train. `span` is where in its stage the epoch begins and how long it is.
    fn epoch(
        &mut self,
        stage: Stage,
        (begin, length): (f64, f64),
        optimizers: &mut Optimizers,
    ) -> Result<Epoch, TrainError> {
        let train = &self.data.train;
        let batch_size = i64::from(self.run.train.batch_size);
        let order = self.order.permutation(train.len())?.to_device(self.device);
        let steps = (train.len() as f64 / batch_size as f64).ceil();
        // Summed on the device: asking for a number in every step would stall a GPU.
        let zero = || Tensor::zeros([], (Kind::Float, self.device));
        let (mut loss_sum, mut penalty_sum) = (zero(), zero());
        for (step, (images, labels)) in train.batches(&order, batch_size).enumerate() {
            let fraction = begin + length * step as f64 / steps;
            let progress = Progress { stage, fraction };

            let mut pass =
                Forward::new(self.model.map(), &self.parameters, &mut *self.method, Phase::Train);
            let logits = self.model.forward(&images, &mut pass);
            let tape = pass.into_tape();
            let mut loss = logits.cross_entropy_for_logits(&labels);
            loss_sum += loss.detach() * labels.size()[0] as f64;
            if let Some(penalty) = self.method.penalty(&tape, progress) {
                penalty_sum += penalty.detach();
                loss += penalty;
            }

            optimizers.drop_gradients()?;
            loss.backward();

            let _no_graph = tch::no_grad_guard();
            self.method.after_backward(&self.parameters, progress)?;
            let factor = learning_rate_factor(self.run.train.schedule, fraction);
            optimizers.step(self.run.train.learning_rate * factor)?;
            self.method.after_step(&self.parameters, progress)?;
        }
        let number = self.epochs.len() as u32 + 1;
        let train_loss = loss_sum.double_value(&[]) / train.len() as f64;
        if !train_loss.is_finite() {
            return Err(TrainError::Diverged { epoch: number });
        }
        let validation = self.evaluate(Part::Validation, Mode::Hard);
        Ok(Epoch {
            epoch: number,
            stage,
            train_loss,
            penalty: penalty_sum.double_value(&[]) / steps,
            val_accuracy: validation.accuracy,
            activity: self.activity(&validation),
        })
    }

    /// Adds a row for every mode that the method has.
    fn measure(&mut self, stage: Stage) -> Result<(), TrainError> {
        for &mode in self.method.modes() {
            let validation = self.evaluate(Part::Validation, mode);
            let test = self.evaluate(Part::Test, mode);
            if !test.loss.is_finite() {
                return Err(TrainError::Diverged { epoch: self.epochs.len() as u32 });
            }
            let evaluation = self.row(stage, mode, &test, validation.accuracy);
            self.evaluations.push(evaluation);
        }
        Ok(())
    }

    fn evaluate(&mut self, part: Part, mode: Mode) -> Measured {
        let split = match part {
            Part::Validation => &self.data.validation,
            Part::Test => &self.data.test,
        };
        evaluate(&*self.model, &self.parameters, &mut *self.method, split, mode, self.device)
    }

    fn row(&self, stage: Stage, mode: Mode, test: &Measured, val_accuracy: f64) -> Evaluation {
        let dense_flops = self.reference.flops() as f64;
        let costs = &test.unit_flops;
        let unit_flops = costs.iter().sum::<f64>() / costs.len() as f64;
        Evaluation {
            stage,
            mode,
            test_accuracy: test.accuracy,
            val_accuracy,
            test_loss: test.loss,
            activity: self.activity(test),
            unit_flops,
            unit_flops_share: unit_flops / dense_flops,
            weight_flops: test.weight_flops,
            weight_flops_share: test.weight_flops / dense_flops,
            gate_flops: test.gate_flops,
            flops_p5: percentile(costs, 0.05),
            flops_p50: percentile(costs, 0.5),
            flops_p95: percentile(costs, 0.95),
            flops_max: percentile(costs, 1.0),
            params: test.parameters,
            params_share: test.parameters as f64 / self.reference.parameter_count() as f64,
        }
    }

    fn activity(&self, measured: &Measured) -> f64 {
        measured.open_units / self.reference.units() as f64
    }

    /// What all steps computed: nothing is skipped in training.
    fn train_flops(&self) -> f64 {
        let map = self.model.map();
        let gates: f64 = map.sites.iter().map(|site| self.method.gate_flops(site)).sum();
        let examples = self.data.train.len() as f64 * self.epochs.len() as f64;
        TRAINING_PASSES * (map.flops() as f64 + gates) * examples
    }
}

#[derive(Clone, Copy)]
enum Part {
    Validation,
    Test,
}
