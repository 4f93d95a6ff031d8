//! The model and method that a run names.

use swanbench_core::{
    Budget, BuildError, MethodEntry, ModelBuilder, ModelMap, Regularizer, TrainSchedule, UnitCost,
    Width, largest, least_target,
};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{BudgetKind, ComponentConfig, RunSpec};

/// The networks of a run.
pub struct RunModels {
    /// The one that is trained.
    pub model: ModelMap,
    /// The dense one, to which shares refer.
    pub reference: ModelMap,
    /// The least target that the run could be held to.
    pub least_target: f64,
}

/// Builds a model; `width` scales its hidden units.
pub fn model(
    config: &ComponentConfig,
    input: [i64; 3],
    classes: i64,
    width: impl Into<Width>,
) -> Result<ModelMap, BuildError> {
    let entry = MODELS.iter().find(|entry| entry.info().name == config.kind);
    let entry = entry.expect("the check knows the same models");
    entry.build(config, ModelBuilder::new(input, classes, width))
}

/// Builds the run's method before training.
pub fn method(run: &RunSpec) -> Result<Box<dyn Regularizer>, BuildError> {
    method_entry(run).build(&run.method)
}

fn method_entry(run: &RunSpec) -> &'static MethodEntry {
    let entry = METHODS.iter().find(|entry| entry.info().name == run.method.kind);
    entry.expect("the check knows the same methods")
}

/// Checks that the settings of a run's method make sense in a run of this length.
///
/// Returns a fragment that names the fields and says why not.
pub fn check_schedule(run: &RunSpec, schedule: &TrainSchedule) -> Result<(), String> {
    method_entry(run).check_schedule(&run.method, schedule)
}

/// Builds the networks of a run. One with a `shape` is as wide as its budget allows.
pub fn models(run: &RunSpec, input: [i64; 3], classes: i64) -> Result<RunModels, BuildError> {
    let build = |width: Width| model(&run.model, input, classes, width);
    let reference = build(run.model_width.into())?;
    let target = run.target.unwrap_or(1.0);
    let budget = Budget::new(run.budget, target, &reference);
    let Some(shape) = run.shape else {
        let model = build((run.model_width * run.width).into())?;
        let least_target = least_target(&*method(run)?, &model, budget);
        return Ok(RunModels { model, reference, least_target });
    };
    let whole = cost(run.budget, &reference);
    let width = |factor| Width { whole: run.model_width, factor, shape };
    let used = |factor| build(width(factor)).map(|model| cost(run.budget, &model) / whole);
    let least_target = used(0.0)?;
    let fits = |part: f64| used(part * Width::LARGEST).is_ok_and(|used| used <= target);
    let model = build(width(largest(fits) * Width::LARGEST))?;
    Ok(RunModels { model, reference, least_target })
}

/// Counts what the budget counts of a whole network.
fn cost(budget: BudgetKind, model: &ModelMap) -> f64 {
    let map = &model;
    match budget {
        BudgetKind::Flops => UnitCost::flops(map).whole(map),
        BudgetKind::Units => map.units() as f64,
    }
}

#[cfg(test)]
mod tests {
    use swanbench_core::ModelEntry;
    use swanbench_spec::{DataOptions, Train};

    use super::*;

    fn run(model: &ModelEntry, shape: f64, target: f64) -> RunSpec {
        let default = |kind: &str, settings| ComponentConfig::new(kind, settings);
        let info = model.info();
        RunSpec {
            id: String::new(),
            label: String::new(),
            data: default("mnist-5k", serde_json::json!({})),
            data_options: DataOptions::default(),
            model: default(info.name, info.settings.defaults()),
            model_width: 1.0,
            weights: None,
            train: Train::default(),
            phases: Vec::new(),
            method: default(METHODS[0].info().name, serde_json::json!({})),
            budget: BudgetKind::Flops,
            target: Some(target),
            width: 1.0,
            shape: Some(shape),
            seed: 0,
            sources: Vec::new(),
        }
    }

    /// Widths are whole numbers of units, so that a net uses a little less than its budget.
    #[test]
    fn a_net_with_a_shape_is_as_wide_as_its_budget_allows() {
        for model in MODELS {
            for (shape, target) in [(1.0, 0.5), (0.5, 0.25), (0.0, 0.25)] {
                let run = run(model, shape, target);
                let models = models(&run, [3, 32, 32], 10).unwrap();
                let share = models.model.flops() as f64 / models.reference.flops() as f64;
                let name = model.info().name;
                if models.least_target <= target {
                    assert!(share <= target && share > 0.8 * target, "{name}, {shape}: {share}");
                }
            }
        }
    }

    #[test]
    fn what_no_width_reaches_is_known_before_training() {
        let mlp = MODELS.iter().find(|model| model.info().name == "mlp").unwrap();
        let models = models(&run(mlp, 1.0, 1e-4), [1, 28, 28], 10).unwrap();
        // 784 + 1 + 10 MACs of 266,200.
        assert!((models.least_target - 795.0 / 266_200.0).abs() < 1e-12, "{}", models.least_target);
    }
}
