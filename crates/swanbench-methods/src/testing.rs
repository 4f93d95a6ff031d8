//! A small model and helpers for the tests of methods.

use swanbench_core::{
    Budget, Gated, ModelBuilder, ModelMap, Parameters, Regularizer, SeedStream, Setup,
    TrainProgress,
};
use swanbench_spec::{BudgetKind, Stage};
use swanbench_torch::Generator;
use tch::{Device, Kind, Tensor};

/// Builds `inputs` -> site of `units` -> two classes.
pub fn hidden(inputs: i64, units: i64) -> ModelMap {
    let mut builder = ModelBuilder::new([inputs, 1, 1], 2, 1.0);
    let signal = builder.linear("hidden", builder.input(), units);
    let signal = builder.site("hidden", signal);
    builder.linear("last", signal, 2);
    builder.finish()
}

/// Creates the method's random stream of seed 0.
pub fn generator() -> Generator {
    SeedStream::Method.generator(0, Device::Cpu).unwrap()
}

/// Draws the initial parameters of seed 0.
pub fn parameters(map: &ModelMap) -> Parameters {
    let mut init = SeedStream::Init.generator(0, Device::Cpu).unwrap();
    Parameters::initialise(map, &mut init, Device::Cpu).unwrap()
}

/// Creates the input of `attach`, with a budget of this share of the units.
pub fn setup<'a>(map: &'a ModelMap, parameters: &'a Parameters, share: f64) -> Setup<'a> {
    let budget = Budget::new(BudgetKind::Units, share, map);
    Setup { map, parameters, generator: generator(), device: Device::Cpu, budget, densities: None }
}

/// Attaches the method to fresh parameters with a budget of this share of the units, and returns
/// the parameters.
pub fn attach(method: &mut impl Regularizer, map: &ModelMap, share: f64) -> Parameters {
    let parameters = parameters(map);
    method.attach(setup(map, &parameters, share)).unwrap();
    parameters
}

/// Gates ones, `[examples, units]`, at the first site, with an input of zeros.
pub fn gate_ones(
    method: &mut impl Regularizer,
    map: &ModelMap,
    examples: i64,
    pass: swanbench_core::Pass,
) -> Gated {
    let site = &map.sites[0];
    let input = Tensor::zeros([examples, map.input[0]], (Kind::Float, Device::Cpu));
    let ones = Tensor::ones([examples, site.units], (Kind::Float, Device::Cpu));
    method.gate(site, &input, ones, pass)
}

/// Returns a position in the middle of the fourth epoch of a stage.
pub fn progress(stage: Stage) -> TrainProgress {
    TrainProgress { task_index: 1, stage, fraction: 0.5, epoch: 3 }
}

/// Returns all elements of a tensor in one row.
pub fn numbers(tensor: &Tensor) -> Vec<f64> {
    Vec::try_from(tensor.detach().flatten(0, -1).to_kind(Kind::Double)).unwrap()
}
