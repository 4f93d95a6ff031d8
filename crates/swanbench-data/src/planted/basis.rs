//! Random orthonormal directions.

use rand_xoshiro::SplitMix64;

use crate::random::nearly_normal;

/// Draws `count` orthogonal vectors of length 1 with `inputs` elements (modified Gram-Schmidt).
pub(super) fn orthonormal(
    count: usize,
    inputs: usize,
    generator: &mut SplitMix64,
) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut vector: Vec<f64> = (0..inputs).map(|_| nearly_normal(generator)).collect();
        let before = dot(&vector, &vector).sqrt();
        // Twice: once leaves rounding errors if little of the vector is left.
        for _ in 0..2 {
            for earlier in &basis {
                let shared = dot(&vector, earlier);
                add(&mut vector, -shared, earlier);
            }
        }
        let length = dot(&vector, &vector).sqrt();
        if length > 1e-6 * before {
            for value in &mut vector {
                *value /= length;
            }
            basis.push(vector);
        }
    }
    basis
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// Adds `weight * vector` to `sum`.
pub(super) fn add(sum: &mut [f64], weight: f64, vector: &[f64]) {
    for (sum, value) in sum.iter_mut().zip(vector) {
        *sum += weight * value;
    }
}
