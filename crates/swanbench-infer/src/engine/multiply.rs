//! Linear layers.

use super::Task;
use crate::{
    kernels::{COLUMNS, ROWS, Rows, Tile},
    layers::Linear,
};

/// Computes a layer: open outputs from open inputs.
pub(super) fn linear(layer: &Linear, task: &mut Task<'_>, own: &mut [f32]) {
    let is_dense = layer.gate.is_none() && task.gates_of[layer.input].is_none();
    if is_dense && task.count >= COLUMNS / 4 {
        many(layer, task, own);
    } else {
        each(layer, task, own);
    }
    let inputs = task.shapes[layer.input];
    for example in 0..task.count {
        let open = task.open_of_gate(layer.gate, layer.outputs, example).len();
        let read = task.open_of(layer.input, example).len() * inputs.per_unit();
        task.flops[example] += 2.0 * (open * read) as f64;
    }
}

/// Computes one example after the other.
fn each(layer: &Linear, task: &Task<'_>, own: &mut [f32]) {
    let shape = task.shapes[layer.input];
    let (features, per_unit) = (shape.len(), shape.per_unit());
    for (example, own) in own.chunks_exact_mut(layer.outputs).take(task.count).enumerate() {
        let given = task.example(layer.input, example);
        let inputs = task.open_of(layer.input, example);
        let outputs = task.open_of_gate(layer.gate, layer.outputs, example);
        if outputs.len() < layer.outputs {
            own.fill(0.0);
        }
        // Closed inputs are 0: to skip few of them costs more than to multiply them.
        let skips = inputs.len() * per_unit * 4 < features * (1 + per_unit.min(32) / 16);
        for &output in outputs {
            let output = output as usize;
            let row = &layer.weight[output * features..][..features];
            let sum = if skips {
                task.instructions.dot_of_blocks(row, given, per_unit, inputs)
            } else {
                task.instructions.dot(row, given)
            };
            own[output] = layer.bias[output] + sum;
        }
    }
}

/// Computes all outputs of many examples, a panel of them at a time.
fn many(layer: &Linear, task: &mut Task<'_>, own: &mut [f32]) {
    let features = task.shapes[layer.input].len();
    let given = task.examples(layer.input);
    for first in (0..task.count).step_by(COLUMNS) {
        let width = COLUMNS.min(task.count - first);
        let panel = &mut task.scratch.panel[..features * COLUMNS];
        for column in 0..COLUMNS {
            // What stands beyond the last example is computed and dropped.
            let example = (first + column).min(task.count - 1);
            let numbers = &given[example * features..][..features];
            for (line, number) in panel.chunks_exact_mut(COLUMNS).zip(numbers) {
                line[column] = *number;
            }
        }
        for output in (0..layer.outputs).step_by(ROWS) {
            let row = |index: usize| (output + index).min(layer.outputs - 1) * features;
            let starts = std::array::from_fn(row);
            let rows = Rows { matrix: &layer.weight, starts, block: features, blocks: &[0] };
            let tile: Tile = task.instructions.tile(rows, panel);
            for (index, sums) in tile.iter().enumerate().take(layer.outputs - output) {
                for (column, sum) in sums.iter().enumerate().take(width) {
                    own[(first + column) * layer.outputs + output + index] =
                        layer.bias[output + index] + sum;
                }
            }
        }
    }
}
