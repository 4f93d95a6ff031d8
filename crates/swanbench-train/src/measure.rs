//! From what an evaluation counted to the rows of a run's record.

use swanbench_core::ModelMap;
use swanbench_spec::{Evaluation, Mode, Statistics};

use crate::{
    TrainError,
    evaluate::{Measured, evaluate},
    percentile::percentile,
    recalibrate::{has_statistics, recalibrate},
    train::Trainer,
};

/// Forward and backward together cost three times the forward pass: the gradients of inputs and of
/// weights are one more each.
const TRAINING_PASSES: f64 = 3.0;

impl Trainer<'_> {
    /// Adds a row for every mode that the method has, and one with recalibrated statistics where
    /// the network has any.
    pub fn measure(&mut self) -> Result<(), TrainError> {
        for &mode in self.network.method.modes() {
            self.measure_as_it_is(mode, Statistics::Trained)?;
        }
        let headline = self.network.method.modes()[0];
        if has_statistics(&self.network) {
            let trained = recalibrate(&mut self.network, &self.data.train, headline)?;
            self.measure_as_it_is(headline, Statistics::Recalibrated)?;
            trained.restore(&mut self.network);
        }
        Ok(())
    }

    fn measure_as_it_is(&mut self, mode: Mode, statistics: Statistics) -> Result<(), TrainError> {
        let validation = evaluate(&mut self.network, &self.data.validation, mode)?;
        let test = evaluate(&mut self.network, &self.data.test, mode)?;
        if !test.loss.is_finite() {
            return Err(TrainError::Diverged { epoch: self.reached.epochs.len() as u32 });
        }
        let shares = Shares::of(self.reference);
        let costs = &test.unit_flops;
        let unit_flops = costs.iter().sum::<f64>() / costs.len() as f64;
        self.reached.evaluations.push(Evaluation {
            stage: self.reached.stage,
            mode,
            statistics,
            test_accuracy: test.accuracy,
            val_accuracy: validation.accuracy,
            test_loss: test.loss,
            activity: shares.activity(&test),
            unit_flops,
            unit_flops_share: unit_flops / shares.flops,
            weight_flops: test.weight_flops,
            weight_flops_share: test.weight_flops / shares.flops,
            gate_flops: test.gate_flops,
            flops_p5: percentile(costs, 0.05),
            flops_p50: percentile(costs, 0.5),
            flops_p95: percentile(costs, 0.95),
            flops_max: percentile(costs, 1.0),
            params: test.parameters,
            params_share: test.parameters as f64 / shares.parameters,
        });
        Ok(())
    }

    /// What all steps computed: nothing is skipped in training.
    pub fn train_flops(&self) -> f64 {
        let map = self.network.model.map();
        let gates: f64 = map.sites.iter().map(|site| self.network.method.gate_flops(site)).sum();
        let examples = self.data.train.len() as f64 * self.reached.epochs.len() as f64;
        TRAINING_PASSES * (map.flops() as f64 + gates) * examples
    }
}

/// What shares are of: the reference dense model.
pub struct Shares {
    flops: f64,
    parameters: f64,
    units: f64,
}

impl Shares {
    pub fn of(reference: &ModelMap) -> Self {
        Self {
            flops: reference.flops() as f64,
            parameters: reference.parameter_count() as f64,
            units: reference.units() as f64,
        }
    }

    /// Open units, averaged over examples, over the units of the reference.
    pub fn activity(&self, measured: &Measured) -> f64 {
        measured.open_units / self.units
    }
}
