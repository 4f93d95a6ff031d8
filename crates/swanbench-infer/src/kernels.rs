//! The inner loops, compiled for several processors; one is chosen at run time.
//!
//! Each is written once, in safe Rust that the compiler vectorises, and compiled for every set of
//! instructions below. `unsafe` is only the call of such a copy.

#![allow(
    unsafe_code,
    reason = "calls functions that are compiled for instructions beyond the target's"
)]
#![allow(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the instructions of its caller"
)]

use std::sync::OnceLock;

/// Rows of the weights that a tile covers.
pub(crate) const ROWS: usize = 6;
/// Positions that a tile covers.
pub(crate) const COLUMNS: usize = 16;

/// The products of some rows of a matrix with a panel of columns.
pub(crate) type Tile = [[f32; COLUMNS]; ROWS];

/// The rows of a matrix that lie in memory as blocks of numbers, of which some are used.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub matrix: &'a [f32],
    /// Where each row begins.
    pub starts: [usize; ROWS],
    /// Numbers of a block.
    pub block: usize,
    /// The blocks of a row that are used, in the order of the panel.
    pub blocks: &'a [u32],
}

/// A set of instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instructions {
    /// What every processor of the target has.
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// Names the instructions that engines use on this processor.
pub fn instructions() -> &'static str {
    Instructions::detect().name()
}

/// Calls the copy of a loop that is compiled for these instructions.
macro_rules! call {
    ($instructions:ident, $name:ident($($argument:ident),*)) => {
        match $instructions {
            Self::Portable => $name::<false>($($argument),*),
            // SAFETY: `detect` has found the instructions on this processor.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2::$name($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { avx512::$name($($argument),*) },
        }
    };
}

impl Instructions {
    /// Returns the best that this processor has.
    pub fn detect() -> Self {
        static FOUND: OnceLock<Instructions> = OnceLock::new();
        *FOUND.get_or_init(|| {
            #[cfg(target_arch = "x86_64")]
            if !cfg!(miri) {
                if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma") {
                    return Self::Avx512;
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    return Self::Avx2;
                }
            }
            Self::Portable
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable instructions",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "AVX-512",
        }
    }

    /// Multiplies rows with a panel `[blocks x block, COLUMNS]`.
    pub fn tile(self, rows: Rows<'_>, panel: &[f32]) -> Tile {
        call!(self, tile(rows, panel))
    }

    /// Returns the sum of products of two rows of equal length.
    pub fn dot(self, one: &[f32], other: &[f32]) -> f32 {
        call!(self, dot(one, other))
    }

    /// Returns the sum of products of those blocks of two rows.
    pub fn dot_of_blocks(self, one: &[f32], other: &[f32], block: usize, blocks: &[u32]) -> f32 {
        call!(self, dot_of_blocks(one, other, block, blocks))
    }

    /// Adds `factor` times a row to as many sums.
    pub fn add_scaled(self, sums: &mut [f32], factor: f32, row: &[f32]) {
        call!(self, add_scaled(sums, factor, row));
    }
}

/// Copies of the loops for further instructions.
macro_rules! copies {
    ($name:ident, $features:literal) => {
        #[cfg(target_arch = "x86_64")]
        mod $name {
            use super::{Rows, Tile};

            #[target_feature(enable = $features)]
            pub fn tile(rows: Rows<'_>, panel: &[f32]) -> Tile {
                super::tile::<true>(rows, panel)
            }

            #[target_feature(enable = $features)]
            pub fn dot(one: &[f32], other: &[f32]) -> f32 {
                super::dot::<true>(one, other)
            }

            #[target_feature(enable = $features)]
            pub fn dot_of_blocks(one: &[f32], other: &[f32], block: usize, blocks: &[u32]) -> f32 {
                super::dot_of_blocks::<true>(one, other, block, blocks)
            }

            #[target_feature(enable = $features)]
            pub fn add_scaled(sums: &mut [f32], factor: f32, row: &[f32]) {
                super::add_scaled::<true>(sums, factor, row);
            }
        }
    };
}

copies!(avx2, "avx2,fma");
copies!(avx512, "avx2,fma,avx512f");

/// Adds a product; fused where that is one instruction, since elsewhere it is a slow call.
#[inline(always)]
fn add<const FUSED: bool>(sum: f32, one: f32, other: f32) -> f32 {
    if FUSED || cfg!(target_arch = "aarch64") { one.mul_add(other, sum) } else { sum + one * other }
}

#[inline(always)]
fn tile<const FUSED: bool>(rows: Rows<'_>, panel: &[f32]) -> Tile {
    let Rows { matrix, starts, block, blocks } = rows;
    let mut sums = [[0.0; COLUMNS]; ROWS];
    for (&index, part) in blocks.iter().zip(panel.chunks_exact(block * COLUMNS)) {
        let row = |start: usize| &matrix[start + index as usize * block..][..block];
        let [one, two, three, four, five, six] = starts.map(row);
        let weights = one.iter().zip(two).zip(three).zip(four).zip(five).zip(six);
        let columns = part.as_chunks::<COLUMNS>().0;
        for ((((((one, two), three), four), five), six), column) in weights.zip(columns) {
            for (sums, weight) in sums.iter_mut().zip([one, two, three, four, five, six]) {
                for (sum, value) in sums.iter_mut().zip(column) {
                    *sum = add::<FUSED>(*sum, *weight, *value);
                }
            }
        }
    }
    sums
}

#[inline(always)]
fn dot<const FUSED: bool>(one: &[f32], other: &[f32]) -> f32 {
    // So many sums at once that the latency of an addition does not count; then shorter pieces.
    let (ones, rest) = one.as_chunks::<32>();
    let (others, other_rest) = other.as_chunks::<32>();
    let mut long = [0.0; 32];
    for (one, other) in ones.iter().zip(others) {
        for (sum, (one, other)) in long.iter_mut().zip(one.iter().zip(other)) {
            *sum = add::<FUSED>(*sum, *one, *other);
        }
    }
    let (ones, rest) = rest.as_chunks::<8>();
    let (others, other_rest) = other_rest.as_chunks::<8>();
    let mut short = [0.0; 8];
    for (one, other) in ones.iter().zip(others) {
        for (sum, (one, other)) in short.iter_mut().zip(one.iter().zip(other)) {
            *sum = add::<FUSED>(*sum, *one, *other);
        }
    }
    let tail = rest.iter().zip(other_rest).fold(0.0, |sum, (one, other)| sum + one * other);
    long.iter().sum::<f32>() + short.iter().sum::<f32>() + tail
}

/// Returns the sum of products of the blocks that are used of two rows.
#[inline(always)]
fn dot_of_blocks<const FUSED: bool>(
    one: &[f32],
    other: &[f32],
    block: usize,
    blocks: &[u32],
) -> f32 {
    let mut long = [0.0; 16];
    let mut tail = 0.0;
    for &index in blocks {
        let at = index as usize * block;
        let (ones, rest) = one[at..][..block].as_chunks::<16>();
        let (others, other_rest) = other[at..][..block].as_chunks::<16>();
        for (one, other) in ones.iter().zip(others) {
            for (sum, (one, other)) in long.iter_mut().zip(one.iter().zip(other)) {
                *sum = add::<FUSED>(*sum, *one, *other);
            }
        }
        for (one, other) in rest.iter().zip(other_rest) {
            tail = add::<FUSED>(tail, *one, *other);
        }
    }
    long.iter().sum::<f32>() + tail
}

/// Adds `factor` times a row to sums.
#[inline(always)]
fn add_scaled<const FUSED: bool>(sums: &mut [f32], factor: f32, row: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(row) {
        *sum = add::<FUSED>(*sum, factor, *value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Instructions> {
        let mut all = vec![Instructions::Portable, Instructions::detect()];
        #[cfg(target_arch = "x86_64")]
        if Instructions::detect() == Instructions::Avx512 {
            all.push(Instructions::Avx2);
        }
        all
    }

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|index| ((index * 7 + seed * 13) % 23) as f32 / 8.0 - 1.0).collect()
    }

    #[test]
    fn a_tile_is_the_product_of_the_blocks_that_are_used() {
        let (block, blocks) = (9, [0u32, 2, 3]);
        let matrix = numbers(6 * 4 * block, 1);
        let panel = numbers(blocks.len() * block * COLUMNS, 2);
        let starts = [0, 4, 8, 20, 12, 16].map(|blocks| blocks * block);
        for instructions in all() {
            let rows = Rows { matrix: &matrix, starts, block, blocks: &blocks };
            let tile = instructions.tile(rows, &panel);
            for (row, start) in starts.iter().enumerate() {
                for column in 0..COLUMNS {
                    let products = blocks.iter().enumerate().flat_map(|(at, &index)| {
                        let (matrix, panel) = (&matrix, &panel);
                        (0..block).map(move |inner| {
                            matrix[start + index as usize * block + inner]
                                * panel[(at * block + inner) * COLUMNS + column]
                        })
                    });
                    let expected: f32 = products.sum();
                    let found = tile[row][column];
                    assert!((found - expected).abs() < 1e-4, "{instructions:?}: {found}");
                }
            }
        }
    }

    #[test]
    fn blocks_that_are_not_used_do_not_count() {
        for block in [1, 4, 16, 49] {
            let (one, other, blocks) = (numbers(5 * block, 3), numbers(5 * block, 4), [0u32, 3, 4]);
            let place = |at: usize| at / block;
            let used = (0..5 * block).filter(|&at| blocks.contains(&(place(at) as u32)));
            let expected: f32 = used.map(|at| one[at] * other[at]).sum();
            for instructions in all() {
                let found = instructions.dot_of_blocks(&one, &other, block, &blocks);
                assert!((found - expected).abs() < 1e-4, "{instructions:?} of {block}: {found}");
            }
        }
    }

    #[test]
    fn a_scaled_row_is_added() {
        for instructions in all() {
            let mut sums = numbers(19, 5);
            instructions.add_scaled(&mut sums, 0.5, &numbers(19, 6));
            let expected = numbers(19, 5).into_iter().zip(numbers(19, 6));
            for (found, (sum, value)) in sums.into_iter().zip(expected) {
                assert!((found - (sum + 0.5 * value)).abs() < 1e-6, "{instructions:?}: {found}");
            }
        }
    }

    #[test]
    fn a_dot_product_is_the_sum_of_products() {
        for length in [0, 1, 31, 32, 33, 100] {
            let (one, other) = (numbers(length, 3), numbers(length, 4));
            let expected: f32 = one.iter().zip(&other).map(|(one, other)| one * other).sum();
            for instructions in all() {
                let found = instructions.dot(&one, &other);
                assert!((found - expected).abs() < 1e-4, "{instructions:?} of {length}: {found}");
            }
        }
    }
}
