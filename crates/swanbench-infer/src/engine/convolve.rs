//! Convolutions.

use super::Task;
use crate::{
    kernels::{COLUMNS, ROWS, Rows},
    layers::Convolution,
    shape::Shape,
};

/// Returns the numbers of an input with its padding.
pub(super) fn padded_size(layer: &Convolution, input: Shape) -> usize {
    let Shape::Map([channels, height, width]) = input else {
        unreachable!("convolutions read maps");
    };
    let padding = 2 * layer.windows.padding;
    channels * (height + padding) * (width + padding)
}

/// Computes a layer, one example after the other: open outputs from open inputs.
pub(super) fn convolution(layer: &Convolution, task: &mut Task<'_>, own: &mut [f32]) {
    let [channels, height, width] = layer.output;
    let positions = height * width;
    let kernel = layer.windows.size * layer.windows.size;
    for (example, own) in own.chunks_exact_mut(channels * positions).take(task.count).enumerate() {
        let inputs = task.open_of(layer.input, example);
        let outputs = task.open_of_gate(layer.gate, channels, example);
        task.flops[example] += 2.0 * (inputs.len() * outputs.len() * kernel * positions) as f64;
        if outputs.len() < channels {
            own.fill(0.0);
        }
        pad(layer, task, example, inputs);
        for first in (0..positions).step_by(COLUMNS) {
            gather(layer, task, inputs, first);
            let panel = &task.scratch.panel[..inputs.len() * kernel * COLUMNS];
            for group in outputs.chunks(ROWS) {
                multiply(layer, task, (inputs, group), panel, first, own);
            }
        }
    }
}

/// Copies the open channels between zeros.
fn pad(layer: &Convolution, task: &mut Task<'_>, example: usize, inputs: &[u32]) {
    let Shape::Map([_, height, width]) = task.shapes[layer.input] else {
        unreachable!("convolutions read maps");
    };
    let padding = layer.windows.padding;
    let (rows, columns) = (height + 2 * padding, width + 2 * padding);
    let given = task.example(layer.input, example);
    for (place, &input) in inputs.iter().enumerate() {
        let map = &given[input as usize * height * width..][..height * width];
        let own = &mut task.scratch.padded[place * rows * columns..][..rows * columns];
        own.fill(0.0);
        for (line, own) in map.chunks_exact(width).zip(own.chunks_exact_mut(columns).skip(padding))
        {
            own[padding..][..width].copy_from_slice(line);
        }
    }
}

/// Gathers what the kernel covers at the positions from `first` on.
fn gather(layer: &Convolution, task: &mut Task<'_>, inputs: &[u32], first: usize) {
    let Shape::Map([_, height, width]) = task.shapes[layer.input] else {
        unreachable!("convolutions read maps");
    };
    let windows = layer.windows;
    let (rows, columns) = (height + 2 * windows.padding, width + 2 * windows.padding);
    let [_, lines, along] = layer.output;
    let last = lines * along - 1;
    // What stands beyond the last position is computed and dropped.
    let corner = |index: usize| {
        let position = (first + index).min(last);
        (position / along * columns + position % along) * windows.stride
    };
    let corners: [usize; COLUMNS] = std::array::from_fn(corner);
    // In how long pieces the positions lie side by side.
    let is_whole = |length: usize| {
        corners.chunks(length).all(|piece| piece.windows(2).all(|pair| pair[1] == pair[0] + 1))
    };
    let piece = [16, 8, 4].into_iter().find(|length| is_whole(*length));
    let area = windows.size * windows.size;
    let panel = task.scratch.panel.chunks_exact_mut(area * COLUMNS);
    let maps = task.scratch.padded.chunks_exact(rows * columns);
    for (panel, map) in panel.zip(maps).take(inputs.len()) {
        for (index, own) in panel.as_chunks_mut::<COLUMNS>().0.iter_mut().enumerate() {
            let offset = index / windows.size * columns + index % windows.size;
            match piece {
                Some(16) => copy::<16>(own, &map[offset..], &corners),
                Some(8) => copy::<8>(own, &map[offset..], &corners),
                Some(_) => copy::<4>(own, &map[offset..], &corners),
                None => copy::<1>(own, &map[offset..], &corners),
            }
        }
    }
}

/// Copies pieces of one length, from each corner where one begins.
fn copy<const LENGTH: usize>(own: &mut [f32; COLUMNS], map: &[f32], corners: &[usize; COLUMNS]) {
    let pieces = own.as_chunks_mut::<LENGTH>().0.iter_mut();
    for (own, corner) in pieces.zip(corners.iter().step_by(LENGTH)) {
        own.copy_from_slice(&map[*corner..][..LENGTH]);
    }
}

/// Multiplies the weights of a group of outputs with a panel, and writes its positions.
fn multiply(
    layer: &Convolution,
    task: &Task<'_>,
    (inputs, group): (&[u32], &[u32]),
    panel: &[f32],
    first: usize,
    own: &mut [f32],
) {
    let kernel = layer.windows.size * layer.windows.size;
    let row = layer.weight.len() / layer.output[0];
    let output = |index: usize| group[index.min(group.len() - 1)] as usize;
    let starts = std::array::from_fn(|index| output(index) * row);
    let rows = Rows { matrix: &layer.weight, starts, block: kernel, blocks: inputs };
    let tile = task.instructions.tile(rows, panel);
    let positions = layer.output[1] * layer.output[2];
    let width = COLUMNS.min(positions - first);
    for (&output, sums) in group.iter().zip(&tile) {
        let output = output as usize;
        let own = &mut own[output * positions + first..][..width];
        for (own, sum) in own.iter_mut().zip(sums) {
            *own = layer.bias[output] + sum;
        }
    }
}
