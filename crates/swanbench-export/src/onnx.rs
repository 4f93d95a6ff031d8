//! Compact networks as ONNX, which onnxruntime and many others compute.
//!
//! Input `images`, `[batch, channels, height, width]` between 0 and 1; output `logits`,
//! `[batch, classes]`.

mod messages;

use prost::Message as _;
use swanbench_infer::{Description, Network, Operation, Weights};

use self::messages::{
    Attribute, Constant, Dimension, Entry, Graph, Length, Model, Node, OperatorSet, Shape,
    TensorKind, Value, ValueKind,
};
use crate::ExportError;

/// Of February 2022: old enough for every runtime of today.
const OPERATORS: i64 = 16;
const IR_VERSION: i64 = 8;

/// Writes a compact network as ONNX.
///
/// Returns [`ExportError::Decided`] if gates are decided in it.
pub fn onnx(network: &Network) -> Result<Vec<u8>, ExportError> {
    let description = network.description();
    let mut writer = Writer { network, graph: Graph::default(), names: Vec::new() };
    for operation in &description.operations {
        let name = writer.write(operation)?;
        writer.names.push(name);
    }
    let Writer { mut graph, names, .. } = writer;
    let last = names.last().cloned().unwrap_or_default();
    graph.node.push(node("Identity", &[&last], "logits", Vec::new()));
    "swanbench".clone_into(&mut graph.name);
    graph.input = vec![value("images", &description.input)];
    graph.output = vec![value("logits", &[description.classes])];
    Ok(model(graph, description).encode_to_vec())
}

fn model(graph: Graph, description: &Description) -> Model {
    let about = Entry { key: "about".to_owned(), value: description.about.to_string() };
    Model {
        ir_version: IR_VERSION,
        producer_name: "swanbench".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        graph: Some(graph),
        opset_import: vec![OperatorSet { domain: String::new(), version: OPERATORS }],
        metadata_props: vec![about],
    }
}

struct Writer<'a> {
    network: &'a Network,
    graph: Graph,
    /// By value of the network, its name in the graph.
    names: Vec<String>,
}

impl Writer<'_> {
    /// Writes an operation, and returns the name of its value.
    fn write(&mut self, operation: &Operation) -> Result<String, ExportError> {
        let name = |value: &usize| self.names[*value].clone();
        Ok(match operation {
            Operation::Images => self.images(),
            Operation::Linear { input, weight, bias, gate: None } => {
                let inputs = self.layer(*input, weight, bias);
                self.add("Gemm", &inputs, vec![int("transB", 1)])
            }
            Operation::Convolution { input, weight, bias, stride, padding, gate: None } => {
                let inputs = self.layer(*input, weight, bias);
                let windows = vec![ints("strides", &[*stride; 2]), ints("pads", &[*padding; 4])];
                self.add("Conv", &inputs, windows)
            }
            Operation::Relu { input } => {
                let input = name(input);
                self.add("Relu", &[input], Vec::new())
            }
            Operation::MaxPool { input, size, stride, padding, ceil } => {
                let windows = vec![
                    ints("kernel_shape", &[*size; 2]),
                    ints("strides", &[*stride; 2]),
                    ints("pads", &[*padding; 4]),
                    int("ceil_mode", i64::from(*ceil)),
                ];
                let input = name(input);
                self.add("MaxPool", &[input], windows)
            }
            Operation::Average { input, bins: 1 } => {
                let input = name(input);
                self.add("GlobalAveragePool", &[input], Vec::new())
            }
            Operation::Average { input, bins } => self.average(*input, *bins),
            Operation::Flatten { input } => {
                let input = name(input);
                self.add("Flatten", &[input], vec![int("axis", 1)])
            }
            Operation::Add { input, other } => {
                let inputs = [name(input), name(other)];
                self.add("Add", &inputs, Vec::new())
            }
            Operation::Thin { input, before, after } => self.thin(*input, *before, *after),
            Operation::Linear { .. }
            | Operation::Convolution { .. }
            | Operation::Decide { .. }
            | Operation::Mask { .. } => return Err(ExportError::Decided),
        })
    }

    /// Normalises the images.
    fn images(&mut self) -> String {
        let Description { mean, deviation, .. } = self.network.description();
        let mean = self.floats("mean", &[mean.len(), 1, 1], mean);
        let deviation = self.floats("deviation", &[deviation.len(), 1, 1], deviation);
        let centred = self.add("Sub", &["images".to_owned(), mean], Vec::new());
        self.add("Div", &[centred, deviation], Vec::new())
    }

    /// Averages parts of a map, by products with a matrix for each side: parts may overlap or be
    /// larger than the map, which no operator of ONNX does.
    fn average(&mut self, input: usize, bins: usize) -> String {
        let [_, height, width] = self.network.map_size(input).expect("maps are averaged");
        let (rows, columns) = (averages(height, bins), averages(width, bins));
        // `[width, bins]`, so that it is multiplied from the right.
        let columns: Vec<f32> =
            (0..width * bins).map(|at| columns[at % bins * width + at / bins]).collect();
        let position = self.graph.node.len();
        let rows = self.floats(&format!("rows {position}"), &[bins, height], &rows);
        let columns = self.floats(&format!("columns {position}"), &[width, bins], &columns);
        let name = self.names[input].clone();
        let narrow = self.add("MatMul", &[name, columns], Vec::new());
        self.add("MatMul", &[rows, narrow], Vec::new())
    }

    /// Takes every second position, and adds channels of zeros.
    fn thin(&mut self, input: usize, before: usize, after: usize) -> String {
        let position = self.graph.node.len();
        let mut numbers = |name: &str, numbers: &[i64]| {
            let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            let name = format!("{name} {position}");
            self.constant(&name, &[numbers.len()], Constant::INT64, bytes)
        };
        let [starts, ends, axes, steps] =
            [("starts", [0, 0]), ("ends", [i64::MAX; 2]), ("axes", [2, 3]), ("steps", [2, 2])]
                .map(|(name, values)| numbers(name, &values));
        let (before, after) = (before as i64, after as i64);
        let pads = numbers("pads", &[0, before, 0, 0, 0, after, 0, 0]);
        let name = self.names[input].clone();
        let thinned = self.add("Slice", &[name, starts, ends, axes, steps], Vec::new());
        self.add("Pad", &[thinned, pads], Vec::new())
    }

    /// Adds an operator, and returns the name of its output.
    fn add(&mut self, operator: &str, inputs: &[String], attributes: Vec<Attribute>) -> String {
        let output = format!("{} {}", operator.to_lowercase(), self.graph.node.len());
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        self.graph.node.push(node(operator, &inputs, &output, attributes));
        output
    }

    /// Adds the weight and the bias of the layer that is written, and returns the names of its inputs.
    fn layer(&mut self, input: usize, weight: &str, bias: &str) -> [String; 3] {
        let Weights { shape, weight: numbers, bias: offsets } =
            self.network.weights(self.names.len()).expect("a layer has weights");
        let input = self.names[input].clone();
        [input, self.floats(weight, &shape, numbers), self.floats(bias, &shape[..1], offsets)]
    }

    fn floats(&mut self, name: &str, shape: &[usize], numbers: &[f32]) -> String {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(name, shape, Constant::FLOAT, bytes)
    }

    fn constant(&mut self, name: &str, shape: &[usize], kind: i32, bytes: Vec<u8>) -> String {
        let dims = shape.iter().map(|length| *length as i64).collect();
        let name = name.to_owned();
        let constant = Constant { dims, data_type: kind, name: name.clone(), raw_data: bytes };
        self.graph.initializer.push(constant);
        name
    }
}

/// Returns the matrix `[bins, length]` of `adaptive_avg_pool`: part `k` is the mean from
/// `floor(k length / bins)` to before `ceil((k + 1) length / bins)`.
fn averages(length: usize, bins: usize) -> Vec<f32> {
    let mut matrix = vec![0.0; bins * length];
    for (bin, row) in matrix.chunks_exact_mut(length).enumerate() {
        let (from, to) = (bin * length / bins, ((bin + 1) * length).div_ceil(bins));
        row[from..to].fill(1.0 / (to - from) as f32);
    }
    matrix
}

fn node(operator: &str, inputs: &[&str], output: &str, attribute: Vec<Attribute>) -> Node {
    let input = inputs.iter().map(|&name| name.to_owned()).collect();
    Node { input, output: vec![output.to_owned()], op_type: operator.to_owned(), attribute }
}

fn int(name: &str, i: i64) -> Attribute {
    Attribute { name: name.to_owned(), i, ints: Vec::new(), kind: Attribute::INT }
}

fn ints(name: &str, values: &[usize]) -> Attribute {
    let ints = values.iter().map(|value| *value as i64).collect();
    Attribute { name: name.to_owned(), i: 0, ints, kind: Attribute::INTS }
}

/// Describes an input or output of 32-bit numbers, for any number of examples.
fn value(name: &str, lengths: &[usize]) -> Value {
    let examples = Length::Named("batch".to_owned());
    let lengths = lengths.iter().map(|length| Length::Known(*length as i64));
    let dim = [examples].into_iter().chain(lengths);
    let dim = dim.map(|length| Dimension { length: Some(length) }).collect();
    let tensor = TensorKind { element: Constant::FLOAT, shape: Some(Shape { dim }) };
    Value { name: name.to_owned(), kind: Some(ValueKind { tensor: Some(tensor) }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_adaptive_pooling() {
        // 5 positions in 3 parts: 0 to 1, 1 to 3, 3 to 4.
        let third = 1.0 / 3.0;
        let expected =
            [0.5, 0.5, 0.0, 0.0, 0.0, 0.0, third, third, third, 0.0, 0.0, 0.0, 0.0, 0.5, 0.5];
        assert_eq!(averages(5, 3), expected);
        // More parts than positions repeat them.
        assert_eq!(averages(1, 2), [1.0, 1.0]);
    }
}
