//! What is done with feature maps, each as one node of the graph: `[examples, channels, height,
//! width]`.

use tch::Tensor;

use crate::ffi;

/// A normalisation of every channel by the statistics of the batch (Ioffe and Szegedy 2015).
#[derive(Debug, Clone, Copy)]
pub struct BatchNorm<'a> {
    /// `[channels]`, like the others.
    pub scale: &'a Tensor,
    /// Added after the scale.
    pub shift: &'a Tensor,
    /// Means over batches, which are updated.
    pub running_mean: &'a Tensor,
    /// Variances over batches, which are updated.
    pub running_variance: &'a Tensor,
    /// Weight of this batch in the running statistics.
    pub momentum: f64,
    /// Added to a variance before it divides by its root.
    pub epsilon: f64,
}

impl BatchNorm<'_> {
    /// Computes `max(0, normalised input + other)`.
    pub fn relu(&self, input: &Tensor, other: Option<&Tensor>) -> Tensor {
        ffi::normalise_relu(input, self, other).expect("a normalisation of the input's channels")
    }
}

/// Takes the largest value of each whole square of `size` by `size` positions, and of it the positive
/// part. Of equal values the first gets the gradient.
pub fn max_pool_relu(input: &Tensor, size: i64) -> Tensor {
    ffi::max_pool_relu(input, size).expect("a map larger than the square")
}

/// Averages each channel over a grid of cells, `[rows, columns]`: `[examples, channels x rows x
/// columns]`. Adjacent cells overlap if the map is no multiple of the grid, as in libtorch.
pub fn cell_means(map: &Tensor, cells: [i64; 2]) -> Tensor {
    ffi::cell_means(map, cells).expect("a map of at least one position per cell")
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;
    use crate::Generator;

    const SHAPES: [[i64; 4]; 4] = [[3, 5, 7, 6], [2, 160, 4, 4], [4, 16, 9, 9], [5, 1, 8, 8]];

    fn normal(shape: &[i64], seed: u64) -> Tensor {
        Generator::new(Device::Cpu, seed).unwrap().normal(shape, 0.3, 1.0).unwrap()
    }

    /// A leaf whose channels are last in memory, or not.
    fn map(shape: [i64; 4], seed: u64, last: bool) -> Tensor {
        let drawn = normal(&shape, seed);
        let laid_out = if last {
            drawn.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
        } else {
            drawn
        };
        laid_out.set_requires_grad(true)
    }

    /// The output and the gradients of its product with random weights.
    fn gradients(output: &Tensor, of: &[&Tensor]) -> Vec<Tensor> {
        let weights = normal(&output.size(), 77);
        (output * weights).sum(Kind::Float).backward();
        [output.detach()].into_iter().chain(of.iter().map(|leaf| leaf.grad())).collect()
    }

    fn assert_close(found: &[Tensor], expected: &[Tensor], shape: &[i64]) {
        assert_eq!(found.len(), expected.len());
        for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert_eq!(found.size(), expected.size());
            assert!(found.allclose(expected, 1e-4, 1e-4, false), "{place} of {shape:?}");
        }
    }

    #[test]
    fn normalisation_is_that_of_libtorch() {
        for shape in SHAPES {
            for is_added in [false, true] {
                let run = |ours: bool| {
                    let (input, other) = (map(shape, 1, true), map(shape, 2, true));
                    let leaf = |seed| normal(&[shape[1]], seed).set_requires_grad(true);
                    let (scale, shift) = (leaf(3), leaf(4));
                    let (mean, variance) =
                        (normal(&shape[1..2], 5), normal(&shape[1..2], 6).square());
                    let output = if ours {
                        let norm = BatchNorm {
                            scale: &scale,
                            shift: &shift,
                            running_mean: &mean,
                            running_variance: &variance,
                            momentum: 0.1,
                            epsilon: 1e-5,
                        };
                        norm.relu(&input, is_added.then_some(&other))
                    } else {
                        let (scale, shift) = (Some(&scale), Some(&shift));
                        let running = (Some(&mean), Some(&variance));
                        let normalised = input
                            .batch_norm(scale, shift, running.0, running.1, true, 0.1, 1e-5, false);
                        if is_added { (normalised + &other).relu() } else { normalised.relu() }
                    };
                    let mut leaves = vec![&input, &scale, &shift];
                    leaves.extend(is_added.then_some(&other));
                    let mut all = gradients(&output, &leaves);
                    all.extend([mean, variance]);
                    all
                };
                assert_close(&run(true), &run(false), &shape);
            }
        }
    }

    #[test]
    fn a_large_mean_leaves_the_deviation_exact() {
        let input = map([8, 16, 8, 8], 0, true).detach() + 1000.0;
        let ones = || Tensor::ones([16], (Kind::Float, Device::Cpu));
        let norm = BatchNorm {
            scale: &ones(),
            shift: &(ones() * 5.0),
            running_mean: &ones(),
            running_variance: &ones(),
            momentum: 1.0,
            epsilon: 0.0,
        };
        let (output, exact) = (norm.relu(&input, None) - 5.0, input.to_kind(Kind::Double));
        let dims = [0i64, 2, 3];
        let centred = &exact - exact.mean_dim(&dims[..], true, Kind::Double);
        let variance = centred.square().mean_dim(&dims[..], true, Kind::Double);
        let expected = (centred / variance.sqrt()).to_kind(Kind::Float);
        assert!((output - expected.clamp_min(-5.0)).abs().max().double_value(&[]) < 1e-3);
    }

    #[test]
    fn pooling_is_that_of_libtorch() {
        for shape in SHAPES {
            for (size, last) in [(2, true), (3, true), (2, false)] {
                let run = |ours: bool| {
                    // Few different values, so that some are equal.
                    let input =
                        (map(shape, 1, last).detach() * 2.0).round().set_requires_grad(true);
                    let pooled = if ours {
                        max_pool_relu(&input, size)
                    } else {
                        input.max_pool2d([size; 2], [size; 2], [0; 2], [1; 2], false).relu()
                    };
                    gradients(&pooled, &[&input])
                };
                assert_close(&run(true), &run(false), &shape);
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_so() {
        let input = map([1, 3, 4, 4], 0, true).detach();
        let _ = input.get(0).get(1).get(2).fill_(f64::NAN);
        assert!(max_pool_relu(&input, 2).isnan().any().int64_value(&[]) == 1);
        let one = Tensor::ones([3], (Kind::Float, Device::Cpu));
        let (mean, variance) = (one.copy(), one.copy());
        let norm = BatchNorm {
            scale: &one,
            shift: &one,
            running_mean: &mean,
            running_variance: &variance,
            momentum: 0.1,
            epsilon: 1e-5,
        };
        assert!(norm.relu(&input, None).isnan().any().int64_value(&[]) == 1);
    }

    #[test]
    fn cells_are_those_of_libtorch() {
        for shape in SHAPES {
            for (cells, last) in [([1, 1], true), ([2, 3], true), ([3, 4], true), ([3, 2], false)] {
                let run = |ours: bool| {
                    let input = map(shape, 1, last);
                    let means = if ours {
                        cell_means(&input, cells)
                    } else {
                        input.adaptive_avg_pool2d(cells).flatten(1, -1)
                    };
                    gradients(&means, &[&input])
                };
                assert_close(&run(true), &run(false), &shape);
            }
        }
    }
}
