//! Computes a network for a batch of images, with memory that was taken before.

mod convolve;
mod decide;
mod multiply;
mod pool;

use std::mem;

use crate::{
    Network,
    kernels::{COLUMNS, Instructions},
    layers::{Convolution, Linear},
    network::Step,
    shape::Shape,
};

/// A network with the memory for a batch. Computing takes no more.
#[derive(Debug)]
pub struct Engine<'a> {
    network: &'a Network,
    instructions: Instructions,
    most: usize,
    /// Images that are computed at once: their values fit into a processor's cache.
    share: usize,
    /// By value, `[share, numbers]`.
    values: Vec<Vec<f32>>,
    /// By value, the gate whose closed units are 0 in it.
    gates_of: Vec<Option<usize>>,
    open: Vec<OpenUnits>,
    /// The numbers of units, for what is open for all examples.
    all: Vec<u32>,
    scratch: Scratch,
    logits: Vec<f32>,
    flops: Vec<f64>,
}

/// Numbers that may be kept for the values of some images, 1 MB: what a processor's cache holds.
const VALUES: usize = 1 << 18;

/// The open units of a gate, by example of a batch.
#[derive(Debug, Default)]
struct OpenUnits {
    units: usize,
    /// `[examples, units]`, of which the first `counts` are used.
    lists: Vec<u32>,
    counts: Vec<usize>,
}

/// Memory for one step.
#[derive(Debug, Default)]
struct Scratch {
    /// A map with its padding, or what a gate reads.
    padded: Vec<f32>,
    /// The columns that a tile is multiplied with.
    panel: Vec<f32>,
    /// What a gate's `reduce` returns.
    reduced: Vec<f32>,
    /// Of the units of a gate that vary.
    logits: Vec<f32>,
}

/// The result for one batch.
#[derive(Debug, Clone, Copy)]
pub struct Output<'a> {
    /// `[examples, classes]`.
    pub logits: &'a [f32],
    /// By example, the floating-point operations that were needed, deciding the gates included.
    pub flops: &'a [f64],
}

impl<'a> Engine<'a> {
    /// Takes the memory for batches of up to `most` images.
    pub fn new(network: &'a Network, most: usize) -> Self {
        let most = most.max(1);
        let share = (VALUES / network.numbers().max(1)).clamp(1, most);
        let values = network.shapes.iter().map(|shape| vec![0.0; share * shape.len()]).collect();
        let open = network.description.gates.iter().map(|&units| OpenUnits {
            units,
            lists: vec![0; most * units],
            counts: vec![0; most],
        });
        let most_units = network.shapes.iter().map(|shape| shape.units()).max().unwrap_or(0);
        Self {
            network,
            instructions: Instructions::detect(),
            most,
            share,
            values,
            gates_of: gates_of(&network.steps),
            open: open.collect(),
            all: (0..most_units as u32).collect(),
            scratch: Scratch::of(network),
            logits: vec![0.0; most * network.description.classes],
            flops: vec![0.0; most],
        }
    }

    /// Computes the logits of images `[examples, channels, height, width]`, whose values lie between 0
    /// and 1.
    ///
    /// # Panics
    /// If there are no images, more than the engine has memory for, or a part of one.
    pub fn run(&mut self, images: &[f32]) -> Output<'_> {
        let network = self.network;
        let size = self.image_len();
        let count = count(images, size, self.most);
        self.flops[..count].fill(0.0);
        for (index, images) in images.chunks(self.share * size).enumerate() {
            self.run_share(index * self.share, images);
        }
        let classes = network.description.classes;
        Output { logits: &self.logits[..count * classes], flops: &self.flops[..count] }
    }

    /// Computes images of a batch of which the first is the `first`.
    fn run_share(&mut self, first: usize, images: &[f32]) {
        let network = self.network;
        let count = images.len() / self.image_len();
        for (index, step) in network.steps.iter().enumerate() {
            // A step reads earlier values and writes its own.
            let (earlier, own) = self.values.split_at_mut(index);
            let own = own[0].as_mut_slice();
            let mut decided = match step {
                Step::Decide(gate) => mem::take(&mut self.open[gate.id]),
                _ => OpenUnits::default(),
            };
            let mut task = Task {
                earlier,
                shapes: &network.shapes,
                gates_of: &self.gates_of,
                open: &self.open,
                all: &self.all,
                instructions: self.instructions,
                scratch: &mut self.scratch,
                flops: &mut self.flops[first..],
                first,
                count,
            };
            match step {
                Step::Images => normalise(network, images, own),
                Step::Decide(gate) => {
                    decide::decide(gate, &mut task, &mut decided);
                }
                Step::Linear(layer) => multiply::linear(layer, &mut task, own),
                Step::Convolution(layer) => convolve::convolution(layer, &mut task, own),
                Step::Relu { input } => {
                    let numbers = task.examples(*input).iter().zip(own.iter_mut());
                    numbers.for_each(|(number, own)| *own = number.max(0.0));
                }
                Step::MaxPool { input, windows } => {
                    pool::largest(&mut task, *input, *windows, network.shapes[index], own);
                }
                Step::Average { input, bins } => pool::average(&mut task, *input, *bins, own),
                Step::Flatten { input } => {
                    let numbers = task.examples(*input);
                    own[..numbers.len()].copy_from_slice(numbers);
                }
                Step::Add { input, other } => {
                    let numbers = task.examples(*input).iter().zip(task.examples(*other));
                    let sums = numbers.map(|(number, other)| number + other);
                    own.iter_mut().zip(sums).for_each(|(own, sum)| *own = sum);
                }
                Step::Thin { input, before } => {
                    pool::thin(&task, *input, *before, network.shapes[index], own);
                }
                Step::Mask { input, gate } => mask(&task, *input, *gate, own),
            }
            if let Step::Decide(gate) = step {
                self.open[gate.id] = decided;
            }
        }
        let logits = self.values.last().expect("a network has operations");
        let classes = network.description.classes;
        let own = &mut self.logits[first * classes..][..count * classes];
        own.copy_from_slice(&logits[..count * classes]);
    }

    /// Returns how many numbers an image has.
    pub(crate) fn image_len(&self) -> usize {
        self.network.shapes[0].len()
    }

    /// Returns by gate how many units were open for an example of the last batch.
    pub fn open_units(&self, example: usize) -> impl Iterator<Item = usize> {
        self.open.iter().map(move |open| open.counts[example])
    }

    /// Returns by gate how many units it switches.
    pub fn units(&self) -> impl Iterator<Item = usize> {
        self.open.iter().map(|open| open.units)
    }

    /// Returns the open units of a gate for an example of the last batch.
    pub fn open_units_of(&self, gate: usize, example: usize) -> &[u32] {
        self.open[gate].of(example)
    }
}

/// Counts images of so many numbers each.
///
/// # Panics
/// If there are none, more than `most`, or a part of one.
pub(crate) fn count(images: &[f32], size: usize, most: usize) -> usize {
    let count = images.len() / size;
    assert!(
        images.len() == count * size && (1..=most).contains(&count),
        "{} numbers are not 1 to {most} images of {size}",
        images.len(),
    );
    count
}

/// What a step may use.
struct Task<'t> {
    earlier: &'t [Vec<f32>],
    shapes: &'t [Shape],
    gates_of: &'t [Option<usize>],
    open: &'t [OpenUnits],
    all: &'t [u32],
    instructions: Instructions,
    scratch: &'t mut Scratch,
    flops: &'t mut [f64],
    /// The place of the first example in its batch.
    first: usize,
    /// Examples that are computed at once.
    count: usize,
}

impl<'t> Task<'t> {
    /// Returns a value of all examples.
    fn examples(&self, value: usize) -> &'t [f32] {
        let size = self.shapes[value].len();
        &self.earlier[value][..self.count * size]
    }

    /// Returns a value of one example.
    fn example(&self, value: usize, example: usize) -> &'t [f32] {
        let size = self.shapes[value].len();
        &self.earlier[value][example * size..][..size]
    }

    /// Returns the units of a value that may differ from 0 for an example.
    fn open_of(&self, value: usize, example: usize) -> &'t [u32] {
        self.open_of_gate(self.gates_of[value], self.shapes[value].units(), example)
    }

    /// Returns the open units of a gate for an example; all of them if there is none.
    fn open_of_gate(&self, gate: Option<usize>, units: usize, example: usize) -> &'t [u32] {
        gate.map_or(&self.all[..units], |gate| self.open[gate].of(self.first + example))
    }
}

impl OpenUnits {
    fn of(&self, example: usize) -> &[u32] {
        &self.lists[example * self.units..][..self.counts[example]]
    }
}

impl Scratch {
    /// Takes the memory that the largest step needs.
    fn of(network: &Network) -> Self {
        let mut scratch = Self::default();
        let mut reserve = |padded: usize, panel: usize, reduced: usize, logits: usize| {
            let grow = |numbers: &mut Vec<f32>, length: usize| {
                numbers.resize(numbers.len().max(length), 0.0);
            };
            grow(&mut scratch.padded, padded);
            grow(&mut scratch.panel, panel);
            grow(&mut scratch.reduced, reduced);
            grow(&mut scratch.logits, logits);
        };
        for step in &network.steps {
            match step {
                Step::Convolution(layer) => {
                    let size = convolve::padded_size(layer, network.shapes[layer.input]);
                    let inputs = network.shapes[layer.input].units();
                    let kernel = layer.windows.size * layer.windows.size;
                    reserve(size, inputs * kernel * COLUMNS, 0, 0);
                }
                Step::Linear(layer) => {
                    reserve(0, network.shapes[layer.input].len() * COLUMNS, 0, 0);
                }
                Step::Decide(gate) => reserve(gate.features(), 0, gate.rank, gate.bias.len()),
                _ => {}
            }
        }
        scratch
    }
}

/// Finds for each value the gate whose closed units are 0 in it.
fn gates_of(steps: &[Step]) -> Vec<Option<usize>> {
    let mut gates: Vec<Option<usize>> = Vec::new();
    for step in steps {
        gates.push(match *step {
            Step::Linear(Linear { gate, .. }) | Step::Convolution(Convolution { gate, .. }) => gate,
            Step::Relu { input }
            | Step::MaxPool { input, .. }
            | Step::Average { input, .. }
            | Step::Flatten { input } => gates[input],
            Step::Add { input, other } => gates[input].filter(|_| gates[input] == gates[other]),
            Step::Mask { gate, .. } => Some(gate),
            Step::Images | Step::Decide(_) | Step::Thin { .. } => None,
        });
    }
    gates
}

fn normalise(network: &Network, images: &[f32], own: &mut [f32]) {
    let (shape, description) = (network.shapes[0], &network.description);
    let channels =
        images.chunks_exact(shape.per_unit()).zip(own.chunks_exact_mut(shape.per_unit()));
    let statistics = description.mean.iter().zip(&description.deviation).cycle();
    for ((given, own), (mean, deviation)) in channels.zip(statistics) {
        for (own, value) in own.iter_mut().zip(given) {
            *own = (value - mean) / deviation;
        }
    }
}

fn mask(task: &Task<'_>, input: usize, gate: usize, own: &mut [f32]) {
    let shape = task.shapes[input];
    let (size, per_unit) = (shape.len(), shape.per_unit());
    for (example, own) in own.chunks_exact_mut(size).take(task.count).enumerate() {
        own.fill(0.0);
        let given = task.example(input, example);
        for &unit in task.open_of_gate(Some(gate), shape.units(), example) {
            let at = unit as usize * per_unit;
            own[at..][..per_unit].copy_from_slice(&given[at..][..per_unit]);
        }
    }
}
