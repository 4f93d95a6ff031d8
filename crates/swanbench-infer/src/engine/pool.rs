//! Poolings, and what else moves positions.

use super::Task;
use crate::shape::{Shape, Windows};

/// Takes the maximum of each window. Closed units stay 0.
pub(super) fn largest(
    task: &mut Task<'_>,
    input: usize,
    windows: Windows,
    output: Shape,
    own: &mut [f32],
) {
    let (Shape::Map([_, height, width]), Shape::Map([_, rows, columns])) =
        (task.shapes[input], output)
    else {
        unreachable!("maps are pooled");
    };
    let range = |index: usize, length: usize| {
        let begin = (index * windows.stride).saturating_sub(windows.padding);
        begin..(index * windows.stride + windows.size - windows.padding).min(length)
    };
    let is_halving = windows == Windows { size: 2, stride: 2, padding: 0, ceil: windows.ceil };
    each_open(task, input, output, own, |given, own| {
        if is_halving && [2 * rows, 2 * columns] == [height, width] {
            return halve(given, own, columns);
        }
        for (row, own) in own.chunks_exact_mut(columns).enumerate().take(rows) {
            for (column, own) in own.iter_mut().enumerate() {
                let (down, along) = (range(row, height), range(column, width));
                let lines = down.flat_map(|line| &given[line * width..][along.clone()]);
                *own = lines.copied().fold(f32::NEG_INFINITY, f32::max);
            }
        }
    });
}

/// Takes the maximum of squares of two by two that cover a map, the most common pooling.
fn halve(given: &[f32], own: &mut [f32], columns: usize) {
    for (lines, own) in given.chunks_exact(4 * columns).zip(own.chunks_exact_mut(columns)) {
        let (above, below) = lines.split_at(2 * columns);
        let squares = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
        for (own, ([one, two], [three, four])) in own.iter_mut().zip(squares) {
            *own = one.max(*two).max(three.max(*four));
        }
    }
}

/// Takes the mean of each of `bins` x `bins` parts.
pub(super) fn average(task: &mut Task<'_>, input: usize, bins: usize, own: &mut [f32]) {
    let Shape::Map([channels, height, width]) = task.shapes[input] else {
        unreachable!("maps are averaged");
    };
    let output = Shape::Map([channels, bins, bins]);
    each_open(task, input, output, own, |given, own| {
        average_cells(given, [height, width], [bins; 2], own);
    });
}

/// Averages the cells of a map, as PyTorch divides one adaptively.
pub(super) fn average_cells(
    map: &[f32],
    [height, width]: [usize; 2],
    cells: [usize; 2],
    own: &mut [f32],
) {
    let [rows, columns] = cells;
    if height % rows == 0 && width % columns == 0 {
        let (down, along) = (height / rows, width / columns);
        for (lines, own) in map.chunks_exact(down * width).zip(own.chunks_exact_mut(columns)) {
            own.fill(0.0);
            for line in lines.chunks_exact(width) {
                let parts = line.chunks_exact(along).map(|part| part.iter().sum::<f32>());
                own.iter_mut().zip(parts).for_each(|(own, sum)| *own += sum);
            }
            for own in own {
                *own /= (down * along) as f32;
            }
        }
        return;
    }
    let range = |length: usize, cells: usize, index: usize| {
        index * length / cells..((index + 1) * length).div_ceil(cells)
    };
    for (row, own) in own.chunks_exact_mut(columns).enumerate() {
        let down = range(height, rows, row);
        own.fill(0.0);
        for line in down.clone() {
            let line = &map[line * width..][..width];
            for (column, own) in own.iter_mut().enumerate() {
                *own += line[range(width, columns, column)].iter().sum::<f32>();
            }
        }
        for (column, own) in own.iter_mut().enumerate() {
            *own /= (down.len() * range(width, columns, column).len()) as f32;
        }
    }
}

/// Copies every second position, and leaves zeros for the new channels.
pub(super) fn thin(task: &Task<'_>, input: usize, before: usize, output: Shape, own: &mut [f32]) {
    let (Shape::Map([channels, height, width]), Shape::Map([_, rows, columns])) =
        (task.shapes[input], output)
    else {
        unreachable!("maps are thinned");
    };
    for (example, own) in own.chunks_exact_mut(output.len()).take(task.count).enumerate() {
        own.fill(0.0);
        let given = task.example(input, example).chunks_exact(height * width);
        let kept = own[before * rows * columns..].chunks_exact_mut(rows * columns);
        for (given, own) in given.zip(kept).take(channels) {
            for (line, own) in own.chunks_exact_mut(columns).enumerate() {
                let positions = given[2 * line * width..][..width].iter().step_by(2);
                own.iter_mut().zip(positions).for_each(|(own, number)| *own = *number);
            }
        }
    }
}

/// Computes the open units of every example; the others are 0.
fn each_open(
    task: &Task<'_>,
    input: usize,
    output: Shape,
    own: &mut [f32],
    compute: impl Fn(&[f32], &mut [f32]),
) {
    let (given_size, own_size) = (task.shapes[input].per_unit(), output.per_unit());
    for (example, own) in own.chunks_exact_mut(output.len()).take(task.count).enumerate() {
        let open = task.open_of(input, example);
        if open.len() < output.units() {
            own.fill(0.0);
        }
        let given = task.example(input, example);
        for &unit in open {
            let unit = unit as usize;
            compute(
                &given[unit * given_size..][..given_size],
                &mut own[unit * own_size..][..own_size],
            );
        }
    }
}
