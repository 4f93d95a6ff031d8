//! From what an evaluation counted to the rows of a run's record.

use swanbench_core::ModelMap;
use swanbench_spec::{BatchNormStats, Conditions, Evaluation, Mode, quantile};

use crate::{
    TrainError,
    control::{CONTROLS, GateStatistics},
    evaluate::{Measured, evaluate},
    recalibrate::{has_statistics, recalibrate},
    train::Trainer,
    usage::{rows, use_of},
};

/// Forward and backward together cost three times the forward pass: the gradients of inputs and of
/// weights are one more each.
const TRAINING_PASSES: f64 = 3.0;

impl Trainer<'_> {
    /// Adds a row for every mode that the method has, and one with recalibrated statistics where
    /// the network has any.
    pub fn measure(&mut self) -> Result<(), TrainError> {
        let own = self.conditions();
        let plain = Conditions { mode: self.network.method.modes()[0], ..own };
        for &mode in self.network.method.modes() {
            let test = self.measure_under(Conditions { mode, ..plain })?;
            if mode == Mode::Hard {
                let sites = &self.network.model.map().sites;
                let at = (self.reached.phase, self.reached.stage);
                self.reached.sites.extend(
                    sites
                        .iter()
                        .zip(&test.open_rates)
                        .map(|(site, rates)| use_of(at, &site.name, rates)),
                );
                self.examples = rows(&test.examples);
            }
        }
        if has_statistics(&self.network) {
            let trained = recalibrate(&mut self.network, &self.data.train, plain.mode)?;
            let batch_norm_stats = BatchNormStats::Recalibrated;
            self.measure_under(Conditions { batch_norm_stats, ..plain })?;
            trained.restore(&mut self.network);
        }
        Ok(())
    }

    /// Adds what is asked of a finished run only: a row for every further threshold, and for every
    /// control where the gates depend on the example.
    pub fn measure_further(&mut self) -> Result<(), TrainError> {
        let plain = self.conditions();
        for threshold in self.network.method.thresholds().to_vec() {
            self.network.method.set_threshold(Some(threshold));
            self.measure_under(Conditions { threshold: Some(threshold), ..plain })?;
        }
        self.network.method.set_threshold(None);
        if let Some(habits) = GateStatistics::collect(&mut self.network, &self.data.validation)? {
            for control in CONTROLS {
                let mut evaluate =
                    |split| habits.evaluate(&mut self.network, split, control, self.run.seed);
                let (validation, test) =
                    (evaluate(&self.data.validation)?, evaluate(&self.data.test)?);
                let conditions = Conditions { control: Some(control), ..plain };
                self.add_row(conditions, &validation, &test);
            }
        }
        Ok(())
    }

    /// Returns those of the network as training left it, with hard gates.
    fn conditions(&self) -> Conditions {
        Conditions::headline(self.reached.phase, self.reached.stage)
    }

    fn measure_under(&mut self, conditions: Conditions) -> Result<Measured, TrainError> {
        let validation = evaluate(&mut self.network, &self.data.validation, conditions.mode)?;
        let test = evaluate(&mut self.network, &self.data.test, conditions.mode)?;
        if !test.loss.is_finite() {
            return Err(TrainError::Diverged { epoch: self.reached.epochs.len() as u32 });
        }
        self.add_row(conditions, &validation, &test);
        Ok(test)
    }

    fn add_row(&mut self, conditions: Conditions, validation: &Measured, test: &Measured) {
        let shares = Shares::of(self.reference);
        let mut costs = test.examples.unit_flops.clone();
        costs.sort_by(f64::total_cmp);
        let unit_flops = costs.iter().sum::<f64>() / costs.len() as f64;
        self.reached.evaluations.push(Evaluation {
            conditions,
            test_accuracy: test.accuracy,
            val_accuracy: validation.accuracy,
            test_loss: test.loss,
            activity: shares.activity(test.open_units),
            unit_flops,
            unit_flops_share: unit_flops / shares.flops,
            weight_flops: test.weight_flops,
            weight_flops_share: test.weight_flops / shares.flops,
            gate_flops: test.gate_flops,
            flops_p5: quantile(&costs, 0.05),
            flops_p50: quantile(&costs, 0.5),
            flops_p95: quantile(&costs, 0.95),
            flops_max: quantile(&costs, 1.0),
            params: test.parameters,
            params_share: test.parameters as f64 / shares.parameters,
        });
    }

    /// What all steps computed: nothing is skipped in training.
    pub fn train_flops(&self) -> f64 {
        let map = self.network.model.map();
        let gates: f64 = map.sites.iter().map(|site| self.network.method.gate_flops(site)).sum();
        TRAINING_PASSES * (map.flops() as f64 + gates) * self.reached.examples as f64
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
    pub fn activity(&self, open_units: f64) -> f64 {
        open_units / self.units
    }
}
