//! The rows of a run's record that come from evaluations.

use swanbench_core::{ModelMap, Pass};
use swanbench_spec::{BatchNormStats, Conditions, Control, Evaluation, Mode, quantile};

use crate::{
    TrainError,
    control::CONTROLS,
    evaluate::{FullEval, evaluate},
    folding::Folding,
    gate_statistics::GateStatistics,
    recalibrate::{has_statistics, recalibrate},
    trainer::Trainer,
    usage::{example_uses, share_still_open, site_use},
};

/// Forward and backward together cost three times the forward pass: the gradients of inputs and of
/// weights are one more each.
const TRAINING_PASSES: f64 = 3.0;

impl Trainer<'_> {
    /// Adds a row for every mode of the method, and one with recalibrated statistics if the
    /// network has any.
    pub fn measure(&mut self) -> Result<(), TrainError> {
        let modes = self.network.method.capabilities().modes;
        let plain = Conditions { mode: modes[0], ..self.conditions() };
        for &mode in modes {
            let test = self.measure_under(Conditions { mode, ..plain })?;
            if mode == Mode::Hard {
                self.add_uses(&test);
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

    /// Adds the row of hard gates after some steps of the present task.
    pub fn measure_after(&mut self, steps: u64) -> Result<(), TrainError> {
        let conditions = Conditions { steps: Some(steps), ..self.conditions() };
        self.measure_under(conditions).map(drop)
    }

    /// Adds the rows of a finished run: one for every further threshold, and one for every control
    /// if the gates depend on the example.
    pub fn measure_finished(&mut self) -> Result<(), TrainError> {
        let plain = self.conditions();
        for threshold in self.network.method.capabilities().thresholds {
            self.measure_under(Conditions { threshold: Some(threshold), ..plain })?;
        }
        let pass = Pass::evaluate(Mode::Hard);
        let statistics = GateStatistics::collect(&mut self.network, &self.data.validation, pass)?;
        if let Some(usual) = statistics {
            for control in CONTROLS {
                let mut evaluate =
                    |split| usual.evaluate(&mut self.network, split, control, self.run.seed);
                let validation = evaluate(&self.data.validation)?;
                let test = evaluate(&self.data.test)?;
                let varying = match control {
                    Control::Frozen => 0,
                    Control::Shuffled | Control::Random => Folding::of(&usual).varying_units(),
                };
                let conditions = Conditions { control: Some(control), ..plain };
                self.add_row(conditions, &validation, &test, varying);
            }
        }
        Ok(())
    }

    /// Counts the FLOPs of all steps: nothing is skipped in training.
    pub fn train_flops(&self) -> f64 {
        let map = &self.network.model;
        let forward = map.flops() as f64;
        let gates = self.network.method.inference_cost(map).training_flops(map);
        TRAINING_PASSES * (forward + gates) * self.state.examples as f64
    }

    /// Returns those of the network as training left it, with hard gates.
    fn conditions(&self) -> Conditions {
        Conditions::headline(self.state.task_index, self.state.stage)
    }

    fn measure_under(&mut self, conditions: Conditions) -> Result<FullEval, TrainError> {
        let Conditions { mode, threshold, .. } = conditions;
        let pass = Pass::Evaluate { mode, threshold };
        let folding = match mode {
            Mode::Hard => GateStatistics::collect(&mut self.network, &self.data.validation, pass)?
                .map(|statistics| Folding::of(&statistics)),
            Mode::Soft => None,
        };
        let mut look = |split| evaluate(&mut self.network, split, pass, folding.as_ref());
        let (validation, test) = (look(&self.data.validation)?, look(&self.data.test)?);
        if !test.loss.is_finite() {
            let within = u32::from(conditions.steps.is_some());
            return Err(TrainError::Diverged { epoch: self.state.epochs.len() as u32 + within });
        }
        let varying = folding.map_or(0, |folding| folding.varying_units());
        self.add_row(conditions, &validation, &test, varying);
        Ok(test)
    }

    /// Adds how units and examples were used.
    fn add_uses(&mut self, test: &FullEval) {
        let (task_index, stage) = (self.state.task_index, self.state.stage);
        if task_index == 1 && self.run.phases.len() > 1 {
            self.state.first_open_rates.clone_from(&test.open_rates);
        }
        let sites = self.network.model.sites.iter().zip(&test.open_rates);
        let uses = sites.map(|(site, rates)| site_use(task_index, stage, &site.name, rates));
        self.state.sites.extend(uses);
        self.examples = example_uses(&test.examples);
    }

    fn add_row(
        &mut self,
        conditions: Conditions,
        validation: &FullEval,
        test: &FullEval,
        varying_units: u64,
    ) {
        let shares = Shares::of(self.reference);
        let map = &self.network.model;
        let weights_share = self.network.method.inference_cost(map).weights_share();
        let mut costs = test.examples.unit_flops.clone();
        costs.sort_by(f64::total_cmp);
        let unit_flops = costs.iter().sum::<f64>() / costs.len() as f64;
        self.state.evaluations.push(Evaluation {
            conditions,
            test_accuracy: test.accuracy,
            val_accuracy: validation.accuracy,
            test_loss: test.loss,
            activity: shares.activity(test.open_units),
            unit_flops,
            unit_flops_share: unit_flops / shares.flops,
            weight_flops: test.weight_flops,
            weight_flops_share: test.weight_flops / shares.flops,
            weights_share,
            gate_flops: test.gate_flops,
            varying_units,
            still_open: (conditions.task_index > 1)
                .then(|| share_still_open(&self.state.first_open_rates, &test.open_rates))
                .flatten(),
            flops_p5: quantile(&costs, 0.05),
            flops_p50: quantile(&costs, 0.5),
            flops_p95: quantile(&costs, 0.95),
            flops_max: quantile(&costs, 1.0),
            params: test.parameters,
            params_share: test.parameters as f64 / shares.parameters,
        });
    }
}

/// The totals that shares refer to: those of the reference dense model.
pub struct Shares {
    flops: f64,
    parameters: f64,
    units: f64,
}

impl Shares {
    /// Reads the totals of the reference.
    pub fn of(reference: &ModelMap) -> Self {
        Self {
            flops: reference.flops() as f64,
            parameters: reference.parameter_count() as f64,
            units: reference.units() as f64,
        }
    }

    /// Divides open units, averaged over examples, by the units of the reference.
    pub fn activity(&self, open_units: f64) -> f64 {
        open_units / self.units
    }
}
