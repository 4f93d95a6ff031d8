//! Checks that need the data or the networks: whether runs can be trained as their settings say.

use anyhow::Context;
use swanbench_core::{GateCost, TrainSchedule};
use swanbench_data::DataError;
use swanbench_results::is_dense_reference;
use swanbench_spec::{Draft, Question, RunSpec, Task};

use super::Prepared;
use crate::{
    components::{self, RunModels},
    exit::{CommandError, ExitCodeExt},
    title::title,
};

impl Prepared {
    /// Checks that the data allow their options and every task.
    pub(super) fn check_data(&self, draft: &Draft) -> Result<(), CommandError> {
        let [train, test] =
            [&self.raw.train, &self.raw.test].map(|split| split.labels.len() as u64);
        let most = train.max(test);
        if self.experiment.runs[0].data_options.limit.is_some_and(|limit| limit > most) {
            let message = format!("there are {train} training and {test} test examples");
            let expected = format!("at most {most}, or no `limit`");
            return Err(draft.error_at("data.limit", &message, &expected)).bad_input();
        }
        let padding = i64::from(self.experiment.runs[0].data_options.crop_padding);
        let [_, rows, columns] = self.data.shape;
        if padding >= rows.min(columns) {
            let message = format!("images have {rows} x {columns} pixels, which crops would miss");
            let expected = format!("below {}", rows.min(columns));
            return Err(draft.error_at("data.crop_padding", &message, &expected)).bad_input();
        }
        let tested = self.data.test.len();
        if let Some(latency) = &self.experiment.latency
            && let Some(batch) = latency.batch.iter().find(|batch| i64::from(**batch) > tested)
        {
            let message = format!("there are {tested} test examples, which are fewer than {batch}");
            let expected = format!("at most {tested}");
            return Err(draft.error_at("latency.batch", &message, &expected)).bad_input();
        }
        for (index, task) in self.experiment.phases.iter().enumerate() {
            match self.data.check_task(task) {
                Err(DataError::Task { field, message, expected }) => {
                    let field = format!("phases[{index}].{field}");
                    return Err(draft.error_at(&field, &message, &expected)).bad_input();
                }
                other => other.bad_input()?,
            }
        }
        self.check_measured_steps(draft)
    }

    /// Checks that later tasks last until every step after which they are measured.
    fn check_measured_steps(&self, draft: &Draft) -> Result<(), CommandError> {
        let runs = &self.experiment.runs;
        for (index, task) in self.experiment.phases.iter().enumerate().skip(1) {
            let Some(epochs) = runs.iter().filter_map(|run| run.epochs_of(index)).min() else {
                continue;
            };
            let examples = self.data.train_examples(task).bad_input()?;
            let steps = u64::from(epochs) * runs[0].train.steps_of_epoch(examples);
            if let Some(beyond) = task.measure_after_steps.iter().find(|asked| **asked > steps) {
                let message = format!("{beyond} is beyond the task, which has {steps} steps");
                let field = format!("phases[{index}].measure_after_steps");
                return Err(draft.error_at(&field, &message, &format!("at most {steps}")))
                    .bad_input();
            }
        }
        Ok(())
    }

    /// Builds a run's network, checks that it can be trained as the run says and that given weights
    /// fit, and returns the least target that it could be held to.
    pub(super) fn check_run(&self, run: &RunSpec, draft: &Draft) -> Result<f64, CommandError> {
        let RunModels { model, reference, least_target } =
            components::models(run, self.data.shape, self.data.classes).bad_input()?;
        if run.width != 1.0 && model.units() == reference.units() {
            let message = format!("{} leaves every layer as wide as it is", run.width);
            let field = format!("{}.width", self.field_of(run));
            return Err(draft.error_at(&field, &message, "a width that changes a layer"))
                .bad_input();
        }
        self.check_schedule(run, draft)?;
        self.check_sources(run, draft)?;
        if !model.norms.is_empty() {
            self.check_batches(run, draft)?;
        }
        if let Some(weights) = &self.weights {
            weights
                .check(&model)
                .with_context(|| format!("cannot start {}", title(run)))
                .bad_input()?;
        }
        Ok(least_target)
    }

    /// Checks that the settings of the run's method make sense for the length of its training.
    fn check_schedule(&self, run: &RunSpec, draft: &Draft) -> Result<(), CommandError> {
        let recovers = components::method(run).bad_input()?.capabilities().recovers;
        let (training_epochs, recovery_epochs) = run.train.stages(recovers);
        let first = self.experiment.phases.first().cloned().unwrap_or_default();
        let examples = self.data.train_examples(&first).bad_input()?;
        let schedule = TrainSchedule {
            training_epochs,
            recovery_epochs,
            steps_per_epoch: run.train.steps_of_epoch(examples),
            later_tasks: run.phases.len().saturating_sub(1),
        };
        components::check_schedule(run, &schedule).or_else(|reason| {
            let message = format!("`{}` cannot be trained so: {reason}", run.method.kind);
            let expected = "other settings, or other epochs and batch size";
            Err(draft.error_at(&self.field_of(run), &message, expected)).bad_input()
        })
    }

    /// Checks that the runs whose shares of units a run takes have such shares.
    fn check_sources(&self, run: &RunSpec, draft: &Draft) -> Result<(), CommandError> {
        if run.sources.is_empty() {
            return Ok(());
        }
        for source in self.experiment.runs.iter().filter(|one| run.sources.contains(&one.id)) {
            let method = components::method(source).bad_input()?;
            let message = if !method.capabilities().closes_units {
                format!("`{}` closes no units, so that it has no shares to take", source.label)
            } else if run.target == Some(1.0) {
                "a target of 1 allows all units, whatever the shares".to_owned()
            } else {
                continue;
            };
            let expected = "an entry that closes units, and targets below 1";
            return Err(draft.error_at(&self.field_of(run), &message, expected)).bad_input();
        }
        Ok(())
    }

    /// Returns the field of the entry that a run belongs to.
    fn field_of(&self, run: &RunSpec) -> String {
        let entry = self.experiment.labels.iter().position(|label| *label == run.label);
        format!("methods[{}]", entry.unwrap_or_default())
    }

    /// Checks that no batch has a single example, of which normalisations have no variance.
    fn check_batches(&self, run: &RunSpec, draft: &Draft) -> Result<(), CommandError> {
        let size = i64::from(run.train.batch_size);
        let first = [Task::default()];
        let tasks = if run.phases.is_empty() { &first } else { run.phases.as_slice() };
        for task in tasks {
            let examples = self.data.train_examples(task).bad_input()?;
            if size == 1 || examples % size == 1 {
                let message = format!(
                    "of {examples} training examples one is a batch of its own, of which batch \
                     normalisation has no variance"
                );
                let expected = "a size that leaves no single example";
                return Err(draft.error_at("train.batch_size", &message, expected)).bad_input();
            }
        }
        Ok(())
    }

    /// Checks that every claim can be judged: controls replace gates that depend on the input, and a
    /// dense network says which examples are hard.
    pub(super) fn check_claims(&self, draft: &Draft) -> Result<(), CommandError> {
        for (index, claim) in self.experiment.claims.iter().enumerate() {
            let refuse = |field: &str, message: &str, expected: &str| {
                let field = format!("claims[{index}].{field}");
                Err(draft.error_at(&field, message, expected)).bad_input()
            };
            match &claim.question {
                Question::Compare { of, against, .. } => {
                    for (field, side) in [("of", of), ("against", against)] {
                        if side.control.is_some() && !self.has_dynamic_gates(&side.label)? {
                            let message =
                                format!("`{}` has no gates that depend on the input", side.label);
                            return refuse(field, &message, "a label without a control");
                        }
                    }
                }
                Question::Correlate { label, .. } => {
                    if !self.has_dynamic_gates(label)? {
                        let message = format!("`{label}` has no gates that depend on the input");
                        let expected = "an entry whose gates depend on the input";
                        return refuse("method", &message, expected);
                    }
                    let is_dense = |run: &RunSpec| is_dense_reference(run.target, run.width);
                    if !self.experiment.runs.iter().any(is_dense) {
                        let message = "no dense network says which examples are hard";
                        return refuse("correlate", message, "an entry `dense` in `methods`");
                    }
                }
            }
        }
        Ok(())
    }

    /// Returns whether deciding gates costs anything in the runs of a label: constant ones are free.
    fn has_dynamic_gates(&self, label: &str) -> Result<bool, CommandError> {
        let Some(run) = self.experiment.runs.iter().find(|run| run.label == label) else {
            return Ok(false);
        };
        let RunModels { model, .. } =
            components::models(run, self.data.shape, self.data.classes).bad_input()?;
        let cost = components::method(run).bad_input()?.inference_cost(&model);
        Ok(cost.gates.iter().any(|gate| *gate != GateCost::default()))
    }
}
