//! Orthonormal directions, drawn at random.

use crate::splitmix::SplitMix;

/// `count` random vectors of length 1 at right angles (modified Gram-Schmidt).
pub(crate) fn orthonormal(count: usize, inputs: usize, stream: &mut SplitMix) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut vector: Vec<f64> = (0..inputs).map(|_| stream.nearly_normal()).collect();
        let before = dot(&vector, &vector).sqrt();
        // Twice: once leaves rounding errors where little of the vector is left.
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

/// Adds `weight * vector` to a vector.
pub(crate) fn add(to: &mut [f64], weight: f64, vector: &[f64]) {
    for (to, value) in to.iter_mut().zip(vector) {
        *to += weight * value;
    }
}
