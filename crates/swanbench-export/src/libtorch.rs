//! Exported networks without gates, as models that libtorch computes.

use swanbench_core::{
    Convolution, ModelBuildError, ModelBuilder, ModelMap, Parameters, Pool, SeedStream, Signal,
};
use swanbench_infer::{Network, Operation};
use tch::{Device, Tensor};

use crate::ExportError;

/// A network without gates.
pub(crate) struct Libtorch {
    pub map: ModelMap,
    pub parameters: Parameters,
}

impl Libtorch {
    /// Puts a network on a device.
    ///
    /// Returns [`ExportError::Decided`] if gates are decided in it, or an error of libtorch.
    pub fn of(network: &Network, device: Device) -> Result<Self, ExportError> {
        let map = model(network)?;
        let mut generator = SeedStream::Init.generator(0, device)?;
        let mut parameters = Parameters::initialise(&map, &mut generator, device)?;
        let values = 0..network.description().operations.len();
        let weights = values.filter_map(|value| network.weights(value));
        for (layer, weights) in map.layers.iter().zip(weights) {
            let shape: Vec<i64> = weights.shape.iter().map(|&length| length as i64).collect();
            let weight = Tensor::from_slice(weights.weight).view(shape.as_slice());
            parameters.set(layer.weight, &weight.to_device(device));
            let bias = layer.bias.expect("layers of exported networks have biases");
            parameters.set(bias, &Tensor::from_slice(weights.bias).to_device(device));
        }
        Ok(Self { map, parameters })
    }
}

/// Describes a network as a model, with a layer for each of its layers, in their order.
fn model(network: &Network) -> Result<ModelMap, ExportError> {
    let description = network.description();
    let input = description.input.map(|length| length as i64);
    let mut builder = ModelBuilder::new(input, description.classes as i64, 1.0);
    let mut signals: Vec<Signal> = Vec::new();
    for (value, operation) in description.operations.iter().enumerate() {
        let signal = add(&mut builder, network, value, operation, &signals)?;
        signals.push(signal.ok_or(ExportError::Decided)?);
    }
    Ok(builder.finish())
}

/// Adds the operation that computes a value; `None` if gates have a part in it.
fn add(
    builder: &mut ModelBuilder,
    network: &Network,
    value: usize,
    operation: &Operation,
    signals: &[Signal],
) -> Result<Option<Signal>, ModelBuildError> {
    let number = |length: usize| length as i64;
    let shape = || {
        let weights = network.weights(value).expect("a layer has weights");
        weights.shape.iter().map(|&length| number(length)).collect::<Vec<i64>>()
    };
    Ok(Some(match *operation {
        Operation::Images => builder.input(),
        Operation::Linear { input, ref weight, gate: None, .. } => {
            builder.linear(weight, signals[input], shape()[0])
        }
        Operation::Convolution { input, ref weight, stride, padding, gate: None, .. } => {
            let (stride, padding, shape) = (number(stride), number(padding), shape());
            let convolution =
                Convolution { stride, padding, ..Convolution::of(shape[0], shape[2]) };
            builder.convolution(weight, signals[input], convolution)?
        }
        Operation::Relu { input } => builder.relu(signals[input]),
        Operation::MaxPool { input, size, stride, padding, ceil } => {
            let [size, stride, padding] = [size, stride, padding].map(number);
            let pool = Pool { size, stride, padding, ceil };
            builder.max_pool("max-pool", signals[input], pool)?
        }
        Operation::Average { input, bins } => builder.average(signals[input], number(bins)),
        Operation::Flatten { input } => builder.flatten(signals[input]),
        Operation::Add { input, other } => builder.add(signals[input], signals[other]),
        Operation::Thin { input, before, after } => {
            builder.thin(signals[input], [before, after].map(number))
        }
        Operation::Linear { .. }
        | Operation::Convolution { .. }
        | Operation::Decide { .. }
        | Operation::Mask { .. } => return Ok(None),
    }))
}
