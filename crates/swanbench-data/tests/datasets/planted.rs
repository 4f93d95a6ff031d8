//! The planted dataset follows its formula.

use crate::support::load_with;
use serde_json::to_value;
use sha2::{Digest, Sha256};
use swanbench_data::{DataDirs, DataError, Pixels, Planted, RawDataset};

fn generate(settings: &Planted) -> Result<RawDataset, DataError> {
    load_with("planted", &to_value(settings).unwrap(), &DataDirs::default())
}

/// Returns the training inputs, one vector per example.
fn inputs(settings: &Planted) -> Vec<Vec<f32>> {
    let Pixels::Floats(pixels) = generate(settings).unwrap().train.images else {
        panic!("generated as floats")
    };
    pixels.chunks(usize::from(settings.side).pow(2)).map(<[f32]>::to_vec).collect()
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[test]
fn directions_are_orthonormal() {
    let all: Vec<_> = Planted::default().directions().unwrap().concat();
    assert_eq!(all.len(), 40);
    for (position, left) in all.iter().enumerate() {
        for (other, right) in all.iter().enumerate() {
            let expected = f64::from(u8::from(position == other));
            assert!((dot(left, right) - expected).abs() < 1e-12);
        }
    }
}

#[test]
fn the_stated_share_of_every_class_is_hard() {
    let settings = Planted::default();
    for class in 0..10 {
        let hard = (class..8_000).step_by(10).filter(|index| settings.is_hard(*index)).count();
        assert_eq!(hard, 200);
    }
    let with = |hard_share| Planted { hard_share, ..Planted::default() };
    assert!((0..100).all(|index| with(1.0).is_hard(index)));
    assert!((0..100).all(|index| !with(0.0).is_hard(index)));
}

#[test]
fn without_noise_an_example_is_the_signal() {
    let settings = Planted { noise: 0.0, train: 200, ..Planted::default() };
    let directions = settings.directions().unwrap();
    let labels = generate(&settings).unwrap().train.labels;
    let third = 1.0 / 3_f64.sqrt();
    for (index, input) in inputs(&settings).into_iter().enumerate() {
        let input: Vec<f64> = input.into_iter().map(f64::from).collect();
        let class = index % 10;
        assert_eq!(usize::from(labels[index]), class);
        let hard = settings.is_hard(index);
        let parts = if hard { [0.0, third, third, third] } else { [1.0, 0.0, 0.0, 0.0] };
        for (direction, part) in directions[class].iter().zip(parts) {
            let found = dot(&input, direction).abs();
            assert!((found - part).abs() < 1e-6, "example {index}: {found}");
        }
        assert!((dot(&input, &input) - 1.0).abs() < 1e-6, "nothing in other directions");
    }
}

#[test]
fn noise_has_the_stated_standard_deviation() {
    let settings = Planted { hard_share: 0.0, noise: 0.3, ..Planted::default() };
    let directions = settings.directions().unwrap();
    let mut squares = 0.0;
    for (index, input) in inputs(&settings).into_iter().enumerate() {
        for (input, signal) in input.into_iter().zip(&directions[index % 10][0]) {
            squares += (f64::from(input) - signal).powi(2);
        }
    }
    // 512,000 draws: the variance is known to 0.2% (one standard error).
    assert!((squares / 512_000.0 / 0.09 - 1.0).abs() < 0.01);
}

#[test]
fn the_content_is_pinned_by_revision_and_seed() {
    let content = |settings: &Planted| {
        let bytes: Vec<u8> =
            inputs(settings).concat().into_iter().flat_map(f32::to_le_bytes).collect();
        (generate(settings).unwrap().revision, format!("{:x}", Sha256::digest(bytes)))
    };
    let small = Planted { train: 100, ..Planted::default() };
    // From a second implementation of the formula, in another language.
    let expected = "bdc2fe269639d028447acc9225d28489f9fdb591a2d60dd87c773ae1b4e355bb";
    assert_eq!(content(&small), ("1".to_owned(), expected.to_owned()));
    assert_ne!(content(&Planted { seed: 1, ..small }).1, expected);
}

#[test]
fn more_directions_than_inputs_are_refused() {
    let error = generate(&Planted { side: 6, ..Planted::default() }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`planted` with 10 classes of 4 directions needs 40 inputs, but an image of side 6 has 36; \
         raise `side`, or lower `classes` or `directions`"
    );
}
