//! A small model for the tests of methods.

use swanbench_core::{ModelBuilder, ModelMap, Parameters, Regularizer, SeedStream, Setup};
use tch::Device;

/// `inputs` -> site of `units` -> two classes.
pub fn hidden(inputs: i64, units: i64) -> ModelMap {
    let mut plan = ModelBuilder::new([inputs, 1, 1], 2, 1.0);
    let (_, signal) = plan.linear("hidden", plan.input(), units);
    let (_, signal) = plan.site("hidden", signal);
    plan.linear("last", signal, 2);
    plan.finish()
}

/// Attaches the method to fresh parameters, and gives those.
pub fn attach(method: &mut impl Regularizer, map: &ModelMap) -> Parameters {
    let device = Device::Cpu;
    let generator = |stream: SeedStream| stream.generator(0, device).unwrap();
    let parameters = Parameters::initialise(map, &mut generator(SeedStream::Init), device).unwrap();
    let generator = generator(SeedStream::MethodDef);
    method
        .attach(Setup { map, parameters: &parameters, generator, device, densities: None })
        .unwrap();
    parameters
}
