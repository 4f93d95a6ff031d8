//! A network that was read and checked.

use std::{fs, path::Path};

use safetensors::{Dtype, SafeTensors};

use crate::{
    Description, LoadError, Operation,
    description::{ENTRY, VERSION},
    gate::Gate,
    layers::{Convolution, Linear},
    shape::{Shape, Windows},
};

/// The largest value, in numbers of one example: what is larger is no network that a file of a few
/// megabytes could mean.
const LARGEST: usize = 1 << 26;

/// A network whose every part is there and fits the others.
#[derive(Debug)]
pub struct Network {
    pub(crate) description: Description,
    pub(crate) steps: Vec<Step>,
    /// The shape of each value; of one that computes none, that of no numbers.
    pub(crate) shapes: Vec<Shape>,
}

/// The numbers of a linear layer or a convolution.
#[derive(Debug)]
pub struct Weights<'a> {
    /// `[outputs, inputs]`, or `[outputs, inputs, kernel, kernel]`.
    pub shape: Vec<usize>,
    /// Of that shape.
    pub weight: &'a [f32],
    /// `[outputs]`.
    pub bias: &'a [f32],
}

/// An operation with its tensors.
#[derive(Debug)]
pub(crate) enum Step {
    Images,
    Decide(Gate),
    Linear(Linear),
    Convolution(Convolution),
    Relu { input: usize },
    MaxPool { input: usize, windows: Windows },
    Average { input: usize, bins: usize },
    Flatten { input: usize },
    Add { input: usize, other: usize },
    Thin { input: usize, before: usize },
    Mask { input: usize, gate: usize },
}

impl Network {
    /// Reads a file.
    ///
    /// Returns an error that names the place if anything in it is wrong.
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        let read = fs::read(path);
        let named = |source| LoadError::File { path: path.display().to_string(), source };
        Self::from_bytes(&read.map_err(named)?)
    }

    /// Reads the content of a file.
    ///
    /// Returns an error that names the place if anything in it is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LoadError> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let entry = header.metadata().as_ref().and_then(|all| all.get(ENTRY));
        let description: Description =
            serde_json::from_str(entry.ok_or(LoadError::NoDescription)?)?;
        if description.version != VERSION {
            let found = description.version;
            return Err(LoadError::Version { found, expected: VERSION });
        }
        let file = SafeTensors::deserialize(bytes)?;
        let mut reader = Reader { file: &file, description: &description, shapes: Vec::new() };
        let steps = reader.steps()?;
        let shapes = reader.shapes;
        Ok(Self { description, steps, shapes })
    }

    /// Returns what the file says about the network.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Counts the numbers of all values of one example, which an engine keeps in memory.
    pub fn numbers(&self) -> usize {
        self.shapes.iter().map(|shape| shape.len()).sum()
    }

    /// Returns the numbers of the layer that computes a value; `None` if none does.
    pub fn weights(&self, value: usize) -> Option<Weights<'_>> {
        let (weight, bias, kernel) = match self.steps.get(value)? {
            Step::Linear(Linear { weight, bias, .. }) => (weight, bias, Vec::new()),
            Step::Convolution(Convolution { weight, bias, windows, .. }) => {
                (weight, bias, vec![windows.size; 2])
            }
            _ => return None,
        };
        let inputs = weight.len() / bias.len() / kernel.iter().product::<usize>();
        Some(Weights { shape: [vec![bias.len(), inputs], kernel].concat(), weight, bias })
    }

    /// Returns the channels, height and width of a value of one example; `None` if it is a row.
    pub fn map_size(&self, value: usize) -> Option<[usize; 3]> {
        match self.shapes.get(value) {
            Some(Shape::Map(size)) => Some(*size),
            _ => None,
        }
    }
}

/// A description that is being checked against the tensors of its file.
pub(crate) struct Reader<'a> {
    file: &'a SafeTensors<'a>,
    description: &'a Description,
    shapes: Vec<Shape>,
}

/// A tensor of a file.
pub(crate) struct Stored {
    pub shape: Vec<usize>,
    pub numbers: Vec<f32>,
}

impl Reader<'_> {
    fn steps(&mut self) -> Result<Vec<Step>, LoadError> {
        let Description { input, classes, mean, deviation, operations, .. } = self.description;
        if mean.len() != input[0] || deviation.len() != input[0] {
            return Err(LoadError::at("mean and deviation", "expected one for each channel"));
        }
        let is_usable = |deviation: &f32| deviation.is_finite() && *deviation > 0.0;
        if !mean.iter().all(|mean| mean.is_finite()) || !deviation.iter().all(is_usable) {
            return Err(LoadError::at(
                "mean and deviation",
                "expected finite, positive deviations",
            ));
        }
        let mut steps = Vec::new();
        for (index, operation) in operations.iter().enumerate() {
            let place = format!("operation {index}");
            if (index == 0) != (*operation == Operation::Images) {
                return Err(LoadError::at(place, "expected `images` first, and nowhere else"));
            }
            let (step, shape) = self.step(operation, &place)?;
            self.shapes.push(shape);
            steps.push(step);
        }
        let logits = self.shapes.last().copied();
        if !matches!(logits, Some(Shape::Row { features, .. }) if features == *classes) {
            return Err(LoadError::at("the last operation", format!("expected {classes} logits")));
        }
        self.check_gates(&steps)?;
        Ok(steps)
    }

    fn step(&self, operation: &Operation, place: &str) -> Result<(Step, Shape), LoadError> {
        let wrong = |problem: &str| LoadError::at(place, problem);
        Ok(match operation {
            Operation::Images => {
                let input = self.description.input;
                (Step::Images, map(input, place)?)
            }
            Operation::Decide { .. } => {
                (Step::Decide(Gate::read(self, operation, place)?), NOTHING)
            }
            Operation::Linear { .. } => {
                let layer = Linear::read(self, operation, place)?;
                let shape = Shape::Row { features: layer.outputs, per_unit: 1 };
                (Step::Linear(layer), shape)
            }
            Operation::Convolution { .. } => {
                let layer = Convolution::read(self, operation, place)?;
                let shape = map(layer.output, place)?;
                (Step::Convolution(layer), shape)
            }
            Operation::Relu { input } => (Step::Relu { input: *input }, self.value(*input, place)?),
            Operation::MaxPool { input, size, stride, padding, ceil } => {
                let (size, stride, padding) = (*size, *stride, *padding);
                let windows = Windows { size, stride, padding, ceil: *ceil };
                let [channels, height, width] = self.map_of(*input, place)?;
                let along = |length| windows.along(length).ok_or(wrong("no window fits"));
                let shape = map([channels, along(height)?, along(width)?], place)?;
                (Step::MaxPool { input: *input, windows }, shape)
            }
            Operation::Average { input, bins } => {
                let [channels, ..] = self.map_of(*input, place)?;
                let shape = map([channels, *bins, *bins], place)?;
                (Step::Average { input: *input, bins: *bins }, shape)
            }
            Operation::Flatten { input } => {
                let value = self.value(*input, place)?;
                let shape = Shape::Row { features: value.len(), per_unit: value.per_unit() };
                (Step::Flatten { input: *input }, shape)
            }
            Operation::Add { input, other } => {
                let shape = self.value(*input, place)?;
                if self.value(*other, place)? != shape {
                    return Err(wrong("the parts of a sum have different shapes"));
                }
                (Step::Add { input: *input, other: *other }, shape)
            }
            Operation::Thin { input, before, after } => {
                let [channels, height, width] = self.map_of(*input, place)?;
                let all = channels.checked_add(*before).and_then(|sum| sum.checked_add(*after));
                let all = all.ok_or(wrong("too many channels"))?;
                let shape = map([all, height.div_ceil(2), width.div_ceil(2)], place)?;
                (Step::Thin { input: *input, before: *before }, shape)
            }
            Operation::Mask { input, gate } => {
                let shape = self.value(*input, place)?;
                self.check_gate(*gate, shape.units(), place)?;
                (Step::Mask { input: *input, gate: *gate }, shape)
            }
        })
    }

    /// Returns the shape of an earlier value.
    pub(crate) fn value(&self, input: usize, place: &str) -> Result<Shape, LoadError> {
        let earlier = self.shapes.get(input).copied().filter(|shape| *shape != NOTHING);
        earlier.ok_or_else(|| LoadError::at(place, format!("{input} is no earlier value")))
    }

    /// Returns the shape of an earlier value that is a map.
    pub(crate) fn map_of(&self, input: usize, place: &str) -> Result<[usize; 3], LoadError> {
        match self.value(input, place)? {
            Shape::Map(shape) => Ok(shape),
            Shape::Row { .. } => Err(LoadError::at(place, format!("value {input} is no map"))),
        }
    }

    /// Returns the number of units of a gate.
    pub(crate) fn gate_units(&self, gate: usize, place: &str) -> Result<usize, LoadError> {
        let units = self.description.gates.get(gate).copied();
        units.ok_or_else(|| LoadError::at(place, format!("there is no gate {gate}")))
    }

    /// Checks that a gate exists and has this many units.
    pub(crate) fn check_gate(
        &self,
        gate: usize,
        units: usize,
        place: &str,
    ) -> Result<(), LoadError> {
        let own = self.gate_units(gate, place)?;
        if own == units {
            return Ok(());
        }
        Err(LoadError::at(place, format!("gate {gate} has {own} units, not {units}")))
    }

    /// Checks that gates are decided once, and then used.
    fn check_gates(&self, steps: &[Step]) -> Result<(), LoadError> {
        let gates = self.description.gates.len();
        let (mut decided, mut used) = (vec![false; gates], vec![false; gates]);
        for (index, step) in steps.iter().enumerate() {
            let wrong = |gate, what| {
                let problem = format!("gate {gate} is decided {what}");
                Err(LoadError::at(format!("operation {index}"), problem))
            };
            match step {
                Step::Decide(Gate { id: gate, .. }) if decided[*gate] => {
                    return wrong(*gate, "twice");
                }
                Step::Decide(Gate { id: gate, .. }) => decided[*gate] = true,
                Step::Linear(Linear { gate: Some(gate), .. })
                | Step::Convolution(Convolution { gate: Some(gate), .. })
                | Step::Mask { gate, .. } => {
                    if !decided[*gate] {
                        return wrong(*gate, "after it is used");
                    }
                    used[*gate] = true;
                }
                _ => {}
            }
        }
        match used.iter().position(|used| !used) {
            Some(gate) => Err(LoadError::at(format!("gate {gate}"), "it switches nothing")),
            None => Ok(()),
        }
    }

    /// Reads a tensor of finite 32-bit numbers.
    pub(crate) fn tensor(&self, name: &str, place: &str) -> Result<Stored, LoadError> {
        let wrong = |problem: &str| LoadError::at(place, format!("tensor `{name}` {problem}"));
        let view = self.file.tensor(name).map_err(|_| wrong("is missing"))?;
        if view.dtype() != Dtype::F32 {
            return Err(wrong("has no 32-bit numbers"));
        }
        let chunks = view.data().chunks_exact(4);
        let numbers: Vec<f32> =
            chunks.map(|bytes| f32::from_le_bytes(bytes.try_into().expect("four"))).collect();
        if !numbers.iter().all(|number| number.is_finite()) {
            return Err(wrong("holds a number that is not finite"));
        }
        Ok(Stored { shape: view.shape().to_vec(), numbers })
    }

    /// Reads a tensor of this shape.
    pub(crate) fn tensor_of(
        &self,
        name: &str,
        shape: &[usize],
        place: &str,
    ) -> Result<Vec<f32>, LoadError> {
        let stored = self.tensor(name, place)?;
        if stored.shape == shape {
            return Ok(stored.numbers);
        }
        let found = stored.shape;
        Err(LoadError::at(place, format!("tensor `{name}` is {found:?}, expected {shape:?}")))
    }
}

/// Returns the shape of a map, which is not too large.
fn map(shape: [usize; 3], place: &str) -> Result<Shape, LoadError> {
    let count = shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
    if count.is_none_or(|count| count == 0 || count > LARGEST) {
        return Err(LoadError::at(place, format!("a value of {shape:?} numbers")));
    }
    Ok(Shape::Map(shape))
}

/// The shape of what computes no value.
const NOTHING: Shape = Shape::Row { features: 0, per_unit: 1 };
