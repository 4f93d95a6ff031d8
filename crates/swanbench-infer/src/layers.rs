//! Linear layers and convolutions.

use crate::{
    LoadError, Operation,
    network::Reader,
    shape::{Shape, Windows},
};

/// A linear layer.
#[derive(Debug)]
pub(crate) struct Linear {
    pub input: usize,
    /// `[outputs, inputs]`.
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
    pub outputs: usize,
    pub gate: Option<usize>,
}

/// A square convolution.
#[derive(Debug)]
pub(crate) struct Convolution {
    pub input: usize,
    /// `[outputs, inputs, kernel, kernel]`.
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
    pub windows: Windows,
    /// Channels, height, width of an example.
    pub output: [usize; 3],
    pub gate: Option<usize>,
}

impl Linear {
    /// Reads and checks a layer.
    pub fn read(
        reader: &Reader<'_>,
        operation: &Operation,
        place: &str,
    ) -> Result<Self, LoadError> {
        let Operation::Linear { input, weight, bias, gate } = operation else {
            unreachable!("the caller has matched it");
        };
        let Shape::Row { features, .. } = reader.value(*input, place)? else {
            return Err(LoadError::at(place, format!("value {input} is no row")));
        };
        let stored = reader.tensor(weight, place)?;
        let [outputs, inputs] = stored.shape[..] else {
            return Err(LoadError::at(place, "expected a weight of two dimensions"));
        };
        if inputs != features || outputs == 0 {
            let problem = format!("weight `{weight}` is for {inputs} features, not {features}");
            return Err(LoadError::at(place, problem));
        }
        if let Some(gate) = gate {
            reader.check_gate(*gate, outputs, place)?;
        }
        let bias = reader.tensor_of(bias, &[outputs], place)?;
        Ok(Self { input: *input, weight: stored.numbers, bias, outputs, gate: *gate })
    }
}

impl Convolution {
    /// Reads and checks a layer.
    pub fn read(
        reader: &Reader<'_>,
        operation: &Operation,
        place: &str,
    ) -> Result<Self, LoadError> {
        let Operation::Convolution { input, weight, bias, stride, padding, gate } = operation
        else {
            unreachable!("the caller has matched it");
        };
        let [channels, height, width] = reader.map_of(*input, place)?;
        let stored = reader.tensor(weight, place)?;
        let [outputs, inputs, size, other] = stored.shape[..] else {
            return Err(LoadError::at(place, "expected a weight of four dimensions"));
        };
        if inputs != channels || size != other || outputs == 0 {
            let problem = format!("weight `{weight}` does not fit {channels} channels");
            return Err(LoadError::at(place, problem));
        }
        let windows = Windows { size, stride: *stride, padding: *padding, ceil: false };
        let along = |length| {
            windows.along(length).ok_or_else(|| LoadError::at(place, "the kernel fits nowhere"))
        };
        if let Some(gate) = gate {
            reader.check_gate(*gate, outputs, place)?;
        }
        let output = [outputs, along(height)?, along(width)?];
        let bias = reader.tensor_of(bias, &[outputs], place)?;
        let (input, weight, gate) = (*input, stored.numbers, *gate);
        Ok(Self { input, weight, bias, windows, output, gate })
    }
}
