//! From the operations of a model to those of an exported network.

use swanbench_core::{
    Layer, LayerKind, ModelMap, NORM_EPSILON, Operation, Parameters, Pool, ValueId,
};
use swanbench_data::Dataset;
use swanbench_infer::{Description, Operation as Exported, VERSION};
use tch::Tensor;

use crate::{
    file::File,
    units::{Decided, SiteUnits},
};

/// Describes a network with these units, by site.
pub(crate) fn describe(
    map: &ModelMap,
    parameters: &Parameters,
    data: &Dataset,
    units: Vec<SiteUnits>,
    about: serde_json::Value,
) -> File {
    let (mean, deviation) = normalisation(data);
    let description = Description {
        version: VERSION,
        input: map.input.map(|size| size as usize),
        classes: map.classes as usize,
        mean,
        deviation,
        gates: Vec::new(),
        operations: Vec::new(),
        about,
    };
    let mut writer =
        Writer { map, parameters, units, file: File::new(description), values: Vec::new() };
    for &operation in &map.operations {
        let value = writer.write(operation);
        writer.values.push(value);
    }
    writer.file
}

/// Returns by channel the mean and the deviation of raw values.
fn normalisation(data: &Dataset) -> (Vec<f32>, Vec<f32>) {
    let deviation = (&data.white - &data.black).reciprocal();
    let mean = -&data.black * &deviation;
    let numbers = |tensor: &Tensor| Vec::try_from(tensor).expect("a number for each channel");
    (numbers(&mean), numbers(&deviation))
}

struct Writer<'a> {
    map: &'a ModelMap,
    parameters: &'a Parameters,
    units: Vec<SiteUnits>,
    file: File,
    /// By value of the model, that of the exported network.
    values: Vec<usize>,
}

impl Writer<'_> {
    /// Writes an operation and returns its value. Normalisations are part of their layer, and gates
    /// of the layer whose outputs they switch.
    fn write(&mut self, operation: Operation) -> usize {
        let value = |input: ValueId| self.values[input.index()];
        let exported = match operation {
            Operation::Images => Exported::Images,
            Operation::Norm { input, .. }
            | Operation::Site { input, .. }
            | Operation::SameSite { input, .. } => return value(input),
            Operation::Layer { layer, input } => {
                let (map, input) = (self.map, input);
                return self.layer(map.layer(layer), input);
            }
            Operation::Relu { input } => Exported::Relu { input: value(input) },
            Operation::MaxPool { pool: Pool { size, stride, padding, ceil }, input } => {
                let [size, stride, padding] = [size, stride, padding].map(|length| length as usize);
                Exported::MaxPool { input: value(input), size, stride, padding, ceil }
            }
            Operation::Average { bins, input } => {
                Exported::Average { input: value(input), bins: bins as usize }
            }
            Operation::Flatten { input } => Exported::Flatten { input: value(input) },
            Operation::Add { input, other } => {
                Exported::Add { input: value(input), other: value(other) }
            }
            Operation::Thin { channels: [before, after], input } => {
                let (before, after) = (before as usize, after as usize);
                Exported::Thin { input: value(input), before, after }
            }
        };
        self.push(exported)
    }

    fn push(&mut self, operation: Exported) -> usize {
        let operations = &mut self.file.description.operations;
        operations.push(operation);
        operations.len() - 1
    }

    /// Writes a layer with the units that are kept, behind the decision of its gate.
    fn layer(&mut self, layer: &Layer, read: ValueId) -> usize {
        let gate = self.gate(layer, read);
        let (weight, bias) = self.weights(layer);
        let weight = self.file.add(format!("{}.weight", layer.name), &weight);
        let bias = self.file.add(format!("{}.bias", layer.name), &bias);
        let input = self.values[read.index()];
        self.push(match layer.kind {
            LayerKind::Linear => Exported::Linear { input, weight, bias, gate },
            LayerKind::Convolution { stride, padding, .. } => {
                let (stride, padding) = (stride as usize, padding as usize);
                Exported::Convolution { input, weight, bias, stride, padding, gate }
            }
        })
    }

    /// Returns the weight and bias of a layer, with its normalisation and the factors of its outputs.
    fn weights(&self, layer: &Layer) -> (Tensor, Tensor) {
        let of = |site: Option<swanbench_core::SiteId>| site.map(|site| &self.units[site.index()]);
        let (inputs, outputs) = (of(layer.input_site), of(layer.output_site));
        let weight = self.parameters.get(layer.weight).detach();
        let weight = weight.view([layer.outputs, layer.inputs, -1]);
        let mut bias = match layer.bias {
            Some(bias) => self.parameters.get(bias).detach().copy(),
            None => weight.zeros_like().sum_dim_intlist([1i64, 2].as_slice(), false, None),
        };
        let mut scale = bias.ones_like();
        if let Some(norm) = self.norm_of(layer) {
            let get = |parameter| self.parameters.get(parameter).detach();
            let norm = self.map.norm(norm);
            scale = get(norm.scale) / (get(norm.running_variance) + NORM_EPSILON).sqrt();
            bias = (bias - get(norm.running_mean)) * &scale + get(norm.shift);
        }
        let mut weight = weight * scale.view([-1, 1, 1]);
        if let Some(outputs) = outputs {
            let kept = Tensor::from_slice(&outputs.kept);
            weight = weight.index_select(0, &kept) * outputs.factor.view([-1, 1, 1]);
            bias = bias.index_select(0, &kept) * &outputs.factor;
        }
        if let Some(inputs) = inputs {
            weight = weight.index_select(1, &Tensor::from_slice(&inputs.kept));
        }
        let rows = weight.size()[0];
        let weight = match layer.kind {
            LayerKind::Linear => weight.reshape([rows, -1]),
            LayerKind::Convolution { kernel, .. } => weight.reshape([rows, -1, kernel, kernel]),
        };
        (weight, bias)
    }

    /// Returns the normalisation of a layer's output.
    fn norm_of(&self, layer: &Layer) -> Option<swanbench_core::NormId> {
        let operations = &self.map.operations;
        operations.iter().find_map(|operation| match *operation {
            Operation::Norm { norm, input } => match operations[input.index()] {
                Operation::Layer { layer: own, .. } if own == layer.id => Some(norm),
                _ => None,
            },
            _ => None,
        })
    }

    /// Writes the decision of the gate of a layer's outputs, if there is one, and returns it.
    fn gate(&mut self, layer: &Layer, read: ValueId) -> Option<usize> {
        let site = self.map.site(layer.output_site?);
        let units = &self.units[site.id.index()];
        let Decided { map, varying } = units.decided.as_ref()?;
        // Gates read the map that a row was before.
        let read = match self.map.operations[read.index()] {
            Operation::Flatten { input } => input,
            _ => read,
        };
        let select = |matrix: &Tensor, along: i64| match layer.input_site {
            None => matrix.shallow_clone(),
            Some(input) => {
                let kept = Tensor::from_slice(&self.units[input.index()].kept);
                let mut shape = matrix.size();
                shape.splice(along as usize..=along as usize, [layer.inputs, -1]);
                let parts = matrix.view(shape.as_slice()).index_select(along, &kept);
                parts.flatten(along, along + 1)
            }
        };
        let (reduce, expand) = match &map.reduce {
            Some(reduce) => (Some(select(reduce, 1)), map.expand.shallow_clone()),
            None => (None, select(&map.expand, 0)),
        };
        let chosen = Tensor::from_slice(varying);
        let (expand, bias) = (expand.index_select(1, &chosen), map.bias.index_select(0, &chosen));
        let places = varying.iter().map(|&unit| units.place(unit)).collect();
        let (count, grid) = (units.kept.len(), map.grid as usize);
        let name = |part: &str| format!("gates.{}.{part}", site.name);
        let reduce = reduce.map(|reduce| self.file.add(name("reduce"), &reduce));
        let expand = self.file.add(name("expand"), &expand);
        let bias = self.file.add(name("bias"), &bias);
        let gates = &mut self.file.description.gates;
        gates.push(count);
        let gate = gates.len() - 1;
        let (input, varying) = (self.values[read.index()], places);
        self.push(Exported::Decide { gate, input, grid, varying, reduce, expand, bias });
        Some(gate)
    }
}
