//! Deciding which units of a gate are open.

use super::{OpenUnits, Task, pool::average_cells};
use crate::{gate::Gate, shape::Shape};

/// Decides a gate for all examples.
pub(super) fn decide(gate: &Gate, task: &mut Task<'_>, open: &mut OpenUnits) {
    for example in 0..task.count {
        read(gate, task, example);
        expand(gate, task);
        let place = task.first + example;
        let list = &mut open.lists[place * open.units..][..open.units];
        let mut count = 0;
        let mut varying = gate.varying.iter().zip(&task.scratch.logits).peekable();
        for unit in 0..open.units {
            let logit = varying.next_if(|(varying, _)| **varying == unit).map(|(_, logit)| logit);
            if logit.is_none_or(|logit| *logit > 0.0) {
                list[count] = unit as u32;
                count += 1;
            }
        }
        if count == 0 {
            let logits = task.scratch.logits[..gate.varying.len()].iter().enumerate();
            let highest = logits.max_by(|one, other| one.1.total_cmp(other.1));
            list[0] = gate.varying[highest.map_or(0, |(place, _)| place)] as u32;
            count = 1;
        }
        open.counts[place] = count;
    }
}

/// Reads what the gate sees of an example, and reduces it; counts what that costs.
fn read(gate: &Gate, task: &mut Task<'_>, example: usize) {
    let input = task.example(gate.input, example);
    let units = task.open_of(gate.input, example);
    let shape = task.shapes[gate.input];
    let seen = match (gate.cells, shape) {
        (Some(cells), Shape::Map([_, height, width])) => {
            let seen = &mut task.scratch.padded[..gate.features()];
            seen.fill(0.0);
            for &unit in units {
                let unit = unit as usize;
                let map = &input[unit * height * width..][..height * width];
                let own = &mut seen[unit * gate.per_unit..][..gate.per_unit];
                average_cells(map, [height, width], cells, own);
            }
            &*seen
        }
        _ => input,
    };
    let additions = if gate.cells.is_some() { shape.per_unit() } else { 0 };
    let pairs = if gate.reduce.is_some() { gate.rank } else { gate.varying.len() };
    let rank = if gate.reduce.is_some() { gate.rank } else { 0 };
    task.flops[example] += (units.len() * (additions + 2 * pairs * gate.per_unit)) as f64
        + (gate.varying.len() * (2 * rank + 1)) as f64;
    let Some(reduce) = &gate.reduce else {
        task.scratch.reduced[..gate.rank].copy_from_slice(seen);
        return;
    };
    let skips = units.len() * 2 < shape.units() && gate.per_unit >= 16;
    for (row, reduced) in reduce.chunks_exact(seen.len()).zip(&mut task.scratch.reduced) {
        *reduced = if skips {
            task.instructions.dot_of_blocks(row, seen, gate.per_unit, units)
        } else {
            task.instructions.dot(row, seen)
        };
    }
}

/// Computes the logits of the units that vary.
fn expand(gate: &Gate, task: &mut Task<'_>) {
    let logits = &mut task.scratch.logits[..gate.bias.len()];
    logits.copy_from_slice(&gate.bias);
    for (row, factor) in gate.expand.chunks_exact(gate.bias.len()).zip(&task.scratch.reduced) {
        task.instructions.add_scaled(logits, *factor, row);
    }
}
