//! A small network with every kind of tensor.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::HashMap;

use safetensors::{Dtype, serialize, tensor::TensorView};
use serde_json::{Value, json};
use swanbench_infer::{ENTRY, VERSION};

/// A gated convolution and a linear layer, on images of one channel and 4 x 4 pixels.
pub fn description() -> Value {
    json!({
        "version": VERSION,
        "input": [1, 4, 4],
        "classes": 2,
        "mean": [0.5],
        "deviation": [0.5],
        "gates": [3],
        "operations": [
            { "kind": "images" },
            {
                "kind": "decide", "gate": 0, "input": 0, "grid": 2, "varying": [0, 2],
                "reduce": "reduce", "expand": "expand", "bias": "gate"
            },
            {
                "kind": "convolution", "input": 0, "weight": "conv", "bias": "conv.bias",
                "stride": 1, "padding": 1, "gate": 0
            },
            { "kind": "relu", "input": 2 },
            {
                "kind": "max-pool", "input": 3, "size": 2, "stride": 2, "padding": 0, "ceil": false
            },
            { "kind": "flatten", "input": 4 },
            { "kind": "linear", "input": 5, "weight": "fc", "bias": "fc.bias", "gate": null }
        ]
    })
}

pub fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|index| (index * 5 % 7) as f32 / 4.0 - 0.75).collect()
}

/// Writes the network with this description and these changes of its tensors.
pub fn file(description: &Value, change: impl Fn(&str, &mut Vec<f32>, &mut Vec<usize>)) -> Vec<u8> {
    let shapes: [(&str, &[usize]); 7] = [
        ("reduce", &[1, 4]),
        ("expand", &[1, 2]),
        ("gate", &[2]),
        ("conv", &[3, 1, 3, 3]),
        ("conv.bias", &[3]),
        ("fc", &[2, 12]),
        ("fc.bias", &[2]),
    ];
    let tensors = shapes.map(|(name, shape)| {
        let mut shape = shape.to_vec();
        let mut values = numbers(shape.iter().product());
        change(name, &mut values, &mut shape);
        (name, shape, values.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>())
    });
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (*name, TensorView::new(Dtype::F32, shape.clone(), bytes).expect("a shape of its numbers"))
    });
    let metadata = HashMap::from([(ENTRY.to_owned(), description.to_string())]);
    serialize(views, &Some(metadata)).expect("written")
}

pub fn sound() -> Vec<u8> {
    file(&description(), |_, _, _| {})
}
