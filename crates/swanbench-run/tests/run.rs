//! The built program, on small networks and images.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    process::{Command, Output},
};

use safetensors::{Dtype, serialize, tensor::TensorView};
use serde_json::json;
use swanbench_infer::{ENTRY, VERSION};
use tempfile::TempDir;

/// Two pixels in a row, three hidden units of which the outer ones are decided by the first pixel,
/// two classes.
fn network(channels: usize) -> Vec<u8> {
    let description = json!({
        "version": VERSION, "input": [channels, 1, 2], "classes": 2,
        "mean": vec![0.0; channels], "deviation": vec![1.0; channels], "gates": [3],
        "operations": [
            { "kind": "images" },
            { "kind": "flatten", "input": 0 },
            {
                "kind": "decide", "gate": 0, "input": 1, "grid": 1, "varying": [0, 2],
                "reduce": null, "expand": "expand", "bias": "gate"
            },
            {
                "kind": "linear", "input": 1, "weight": "fc1.weight", "bias": "fc1.bias", "gate": 0
            },
            { "kind": "relu", "input": 3 },
            {
                "kind": "linear", "input": 4, "weight": "fc2.weight", "bias": "fc2.bias",
                "gate": null
            }
        ]
    });
    let inputs = 2 * channels;
    // The first unit is open where the first pixel is bright, the third where it is dark.
    let mut expand = vec![0.0f32; 2 * inputs];
    (expand[0], expand[1]) = (1.0, -1.0);
    let mut hidden = vec![0.0f32; 3 * inputs];
    (hidden[0], hidden[inputs + 1]) = (1.0, 1.0);
    let tensors = [
        ("expand", vec![inputs, 2], expand),
        ("gate", vec![2], vec![-0.5, 0.5]),
        ("fc1.weight", vec![3, inputs], hidden),
        ("fc1.bias", vec![3], vec![0.0; 3]),
        ("fc2.weight", vec![2, 3], vec![4.0, 0.0, 0.0, 0.0, 4.0, 0.0]),
        ("fc2.bias", vec![2], vec![0.0, 1.0]),
    ];
    let tensors = tensors.map(|(name, shape, values)| {
        (name, shape, values.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>())
    });
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (*name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap())
    });
    let metadata = HashMap::from([(ENTRY.to_owned(), description.to_string())]);
    serialize(views, &Some(metadata)).unwrap()
}

fn png(path: &Path, colour: png::ColorType, width: u32, height: u32, pixels: &[u8]) {
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), width, height);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(pixels).unwrap();
}

fn folder(channels: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("network"), network(channels)).unwrap();
    folder
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_swanbench-run"));
    command.args(arguments).current_dir(folder.path()).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn images_are_classified_with_the_units_that_were_open() {
    let folder = folder(1);
    png(&folder.path().join("bright.png"), png::ColorType::Grayscale, 2, 1, &[255, 0]);
    // Two images: dark and bright, bright and dark.
    let idx = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2][..], &[0, 255, 255, 0]].concat();
    fs::write(folder.path().join("digits"), idx).unwrap();
    let text = stdout(&run(&folder, &["network", "bright.png", "digits", "--explain"]));
    // Two pixels into two logits and two comparisons; then two open units.
    let flops = 2.0 * 2.0 * 2.0 + 2.0 + 2.0 * 2.0 * 2.0 + 2.0 * 2.0 * 2.0;
    // Logits 4 and 1; then 0 and 5.
    let expected = format!(
        "bright.png: class 0 (95.3%), 2 of 3 units open, {flops:.3e} FLOPs
  fc1: 2 of 3
    ██·
digits[0]: class 1 (99.3%), 2 of 3 units open, {flops:.3e} FLOPs
  fc1: 2 of 3
    ·██
digits[1]: class 0 (95.3%), 2 of 3 units open, {flops:.3e} FLOPs
  fc1: 2 of 3
    ██·
"
    );
    assert_eq!(text, expected);
}

#[test]
fn programs_get_all_numbers() {
    let folder = folder(1);
    png(&folder.path().join("bright.png"), png::ColorType::Grayscale, 2, 1, &[255, 0]);
    let text = stdout(&run(&folder, &["network", "bright.png", "--json"]));
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    let probability = found["probability"].as_f64().unwrap();
    assert!((probability - 1.0 / (1.0 + (-3.0f64).exp())).abs() < 1e-6, "{text}");
    let others = ["image", "class", "logits", "flops", "open"].map(|field| found[field].clone());
    let expected = [json!("bright.png"), json!(0), json!([4.0, 1.0]), json!(26.0), json!([[0, 1]])];
    assert_eq!(others, expected);
}

#[test]
fn colours_become_grey_and_grey_becomes_colours() {
    let grey = folder(1);
    let red = [255, 0, 0, 0, 0, 0];
    png(&grey.path().join("red.png"), png::ColorType::Rgb, 2, 1, &red);
    // A brightness of 0.299 leaves the first unit closed.
    assert!(stdout(&run(&grey, &["network", "red.png", "--explain"])).contains("    ·██"));
    let colour = folder(3);
    png(&colour.path().join("red.png"), png::ColorType::Rgb, 2, 1, &red);
    assert!(stdout(&run(&colour, &["network", "red.png", "--explain"])).contains("    ██·"));
    png(&colour.path().join("grey.png"), png::ColorType::Grayscale, 2, 1, &[255, 0]);
    assert!(stdout(&run(&colour, &["network", "grey.png", "--explain"])).contains("    ██·"));
}

#[test]
fn what_is_wrong_is_named() {
    let folder = folder(1);
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    png(&folder.path().join("large.png"), png::ColorType::Grayscale, 3, 1, &[0; 3]);
    write("cut.png", &[0x89, b'P', b'N', b'G', 1, 2, 3]);
    write("cut.idx", &[0, 0, 8, 3, 0, 0]);
    write("short.idx", &[0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 7]);
    write("huge.idx", &[0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 2, 7]);
    write("text", b"hello");
    write("packed.gz", &[0x1f, 0x8b, 8]);
    write("labels.idx", &[0, 0, 8, 1, 0, 0, 0, 0]);
    for (arguments, expected) in [
        (&["network"][..], "no image is given"),
        (&[], "no network is given"),
        (&["network", "text", "--quiet"], "`--quiet` is no option"),
        (&["network", "text", "--json", "--explain"], "choose one"),
        (&["text", "text"], "`text` is no exported network: it is not in the safetensors format"),
        (&["network", "absent.png"], "cannot read `absent.png`"),
        (&["network", "text"], "`text` is neither a PNG nor an IDX file"),
        (&["network", "packed.gz"], "`packed.gz` is packed"),
        (&["network", "labels.idx"], "is no IDX file of bytes in three dimensions"),
        (&["network", "large.png"], "it has 1 rows of 3 pixels, and the network takes 1 of 2"),
        (&["network", "cut.png"], "cannot use `cut.png`"),
        (&["network", "cut.idx"], "its header is cut off"),
        (&["network", "short.idx"], "it says 9 images, and holds other bytes"),
        (&["network", "huge.idx"], "and holds other bytes"),
    ] {
        let output = run(&folder, arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("error: ") && stderr.contains(expected), "{stderr}");
    }
    assert!(stdout(&run(&folder, &["--help"])).starts_with("Classifies images"));
}
