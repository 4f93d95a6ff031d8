//! Files that are damaged, foreign or made to do harm.

#[path = "support/small_network.rs"]
mod support;

use proptest::prelude::*;
use safetensors::{Dtype, serialize, tensor::TensorView};
use serde_json::{Value, json};
use swanbench_infer::{Engine, LoadError, Network};

use self::support::{description, file, numbers, sound};

fn error(bytes: &[u8]) -> String {
    let error = Network::from_bytes(bytes).expect_err("refused");
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

#[test]
fn a_sound_file_is_computed_for_every_batch() {
    let bytes = sound();
    let network = Network::from_bytes(&bytes).expect("sound");
    let images: Vec<f32> = (0..5 * 16).map(|index| (index % 11) as f32 / 10.0).collect();
    let mut engine = Engine::new(&network, 5);
    let all = engine.run(&images).logits.to_vec();
    for (image, expected) in images.chunks(16).zip(all.chunks(2)) {
        let found = engine.run(image).logits;
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
        }
    }
}

#[test]
fn gates_and_layers_compute_what_the_format_says() {
    let network = Network::from_bytes(&sound()).expect("sound");
    let image: Vec<f32> = (0..16).map(|index| (index * 3 % 16) as f32 / 15.0).collect();
    let mut engine = Engine::new(&network, 1);
    let (logits, flops) = {
        let output = engine.run(&image);
        (output.logits.to_vec(), output.flops[0])
    };
    // By hand, in 64 bits.
    let x: Vec<f64> = image.iter().map(|&value| (f64::from(value) - 0.5) / 0.5).collect();
    let tensor = |count| numbers(count).into_iter().map(f64::from).collect::<Vec<f64>>();
    let cell = |row: usize, column: usize| {
        let at = |line: usize, place: usize| x[(2 * row + line) * 4 + 2 * column + place];
        (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4.0
    };
    let cells = [cell(0, 0), cell(0, 1), cell(1, 0), cell(1, 1)];
    let reduced: f64 = cells.iter().zip(tensor(4)).map(|(cell, weight)| cell * weight).sum();
    let logit = |place: usize| tensor(2)[place] + tensor(2)[place] * reduced;
    let mut open: Vec<u32> = vec![1];
    if logit(0) > 0.0 {
        open.insert(0, 0);
    }
    if logit(1) > 0.0 {
        open.push(2);
    }
    assert_eq!(engine.open_units_of(0, 0), open);
    let conv = tensor(27);
    let mut features = [0.0; 12];
    for &unit in &open {
        let unit = unit as usize;
        let value = |row: i64, column: i64| {
            let mut sum = tensor(3)[unit];
            for ky in 0..3i64 {
                for kx in 0..3i64 {
                    let (y, x_at) = (row + ky - 1, column + kx - 1);
                    if (0..4).contains(&y) && (0..4).contains(&x_at) {
                        let weight = conv[unit * 9 + (ky * 3 + kx) as usize];
                        sum += weight * x[(y * 4 + x_at) as usize];
                    }
                }
            }
            sum.max(0.0)
        };
        for place in 0..4usize {
            let (row, column) = (2 * (place / 2) as i64, 2 * (place % 2) as i64);
            let square = [(0, 0), (0, 1), (1, 0), (1, 1)];
            let square = square.map(|(down, along)| value(row + down, column + along));
            features[unit * 4 + place] = square.into_iter().fold(f64::MIN, f64::max);
        }
    }
    for (class, found) in logits.iter().enumerate() {
        let weights = tensor(24);
        let products = features.iter().zip(&weights[class * 12..]);
        let expected = tensor(2)[class] + products.map(|(one, other)| one * other).sum::<f64>();
        assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} is not {expected}");
    }
    // The cells' additions, one row of `reduce`, two logits with their comparisons; then 3 x 3
    // weights at 16 positions, and 4 features into 2 classes, for each open unit.
    let units = open.len() as f64;
    let gate = 16.0 + 2.0 * 4.0 + 2.0 * (2.0 + 1.0);
    assert_eq!(flops, gate + units * (2.0 * 9.0 * 16.0 + 2.0 * 4.0 * 2.0));
}

#[test]
fn the_unit_with_the_highest_logit_is_open_if_no_other_is() {
    let mut all_vary = description();
    all_vary["operations"][1]["varying"] = json!([0, 1, 2]);
    let bytes = file(&all_vary, |name, values, shape| match name {
        "expand" => (*values, *shape) = (vec![0.0; 3], vec![1, 3]),
        "gate" => (*values, *shape) = (vec![-3.0, -2.0, -1.0], vec![3]),
        _ => {}
    });
    let network = Network::from_bytes(&bytes).expect("sound");
    let mut engine = Engine::new(&network, 1);
    engine.run(&[0.5; 16]);
    assert_eq!(engine.open_units_of(0, 0), [2]);
}

#[test]
fn what_does_not_fit_is_named_with_its_place() {
    let changed = |pointer: &str, value: Value| {
        let mut changed = description();
        *changed.pointer_mut(pointer).expect("a place") = value;
        error(&file(&changed, |_, _, _| {}))
    };
    let huge = json!(u64::MAX);
    for (pointer, value, expected) in [
        ("/version", json!(99), "version 99"),
        ("/classes", json!(3), "the last operation: expected 3 logits"),
        ("/mean", json!([]), "mean and deviation: expected one for each channel"),
        ("/deviation", json!([0.0]), "expected finite, positive deviations"),
        ("/input/1", huge.clone(), "operation 0: a value of"),
        ("/input/1", json!(0), "operation 0: a value of"),
        ("/input/1", json!(-4), "its description cannot be read"),
        ("/operations/0", json!({ "kind": "relu", "input": 0 }), "expected `images` first"),
        ("/operations/3/input", json!(3), "operation 3: 3 is no earlier value"),
        ("/operations/3/input", json!(1), "operation 3: 1 is no earlier value"),
        ("/operations/3/input", huge.clone(), "is no earlier value"),
        ("/operations/4/stride", json!(0), "operation 4: no window fits"),
        ("/operations/4/size", huge.clone(), "operation 4: no window fits"),
        ("/operations/2/padding", huge.clone(), "operation 2: the kernel fits nowhere"),
        ("/operations/2/gate", json!(7), "operation 2: there is no gate 7"),
        ("/operations/2/weight", json!("none"), "operation 2: tensor `none` is missing"),
        ("/operations/2/weight", json!("fc"), "expected a weight of four dimensions"),
        ("/operations/6/input", json!(4), "operation 6: value 4 is no row"),
        ("/operations/1/varying", json!([2, 0]), "expected varying units of the gate, ascending"),
        ("/operations/1/varying", json!([0, 3]), "expected varying units of the gate, ascending"),
        ("/operations/1/grid", json!(0), "operation 1: expected a grid of cells"),
        ("/operations/1/varying", json!([]), "operation 1: it decides nothing"),
        ("/operations/1/grid", json!(3), "`reduce` does not fit what is read"),
        ("/gates/0", huge, "operation 2: gate 0 has 18446744073709551615 units, not 3"),
        ("/operations/2/gate", json!(null), "gate 0: it switches nothing"),
        ("/operations/5/kind", json!("softmax"), "unknown variant `softmax`"),
    ] {
        let found = changed(pointer, value);
        assert!(found.contains(expected), "{pointer}: {found}");
    }
    let tensors =
        |change: fn(&str, &mut Vec<f32>, &mut Vec<usize>)| error(&file(&description(), change));
    let not_finite = tensors(|name, values, _| {
        if name == "conv" {
            values[3] = f32::NAN;
        }
    });
    assert!(not_finite.contains("`conv` holds a number that is not finite"), "{not_finite}");
    let other_shape = tensors(|name, _, shape| {
        if name == "fc" {
            *shape = vec![12, 2];
        }
    });
    assert!(other_shape.contains("is for 2 features, not 12"), "{other_shape}");
}

#[test]
fn other_files_are_refused() {
    assert!(error(b"").contains("it is not in the safetensors format"));
    assert!(error(&[0xff; 64]).contains("it is not in the safetensors format"));
    let view = TensorView::new(Dtype::F32, vec![1], &[0; 4]).expect("a tensor");
    let plain = serialize([("weight", view)], &None).expect("written");
    assert!(matches!(Network::from_bytes(&plain), Err(LoadError::NoDescription)));
    let missing = Network::open(std::path::Path::new("no/such/file")).expect_err("missing");
    assert_eq!(missing.to_string(), "cannot read `no/such/file`");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Whatever the bytes are, a network is either refused or computes.
    #[test]
    fn no_bytes_stop_the_program(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = sound();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if cut {
            bytes.truncate(end.index(bytes.len() + 1));
        }
        if let Ok(network) = Network::from_bytes(&bytes) {
            let size = network.description().input.iter().product::<usize>();
            prop_assert!(size < 1_000_000, "one digit more is no great network");
            let mut engine = Engine::new(&network, 1);
            engine.run(&vec![0.25; size]);
        }
    }
}
