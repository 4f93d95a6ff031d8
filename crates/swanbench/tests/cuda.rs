//! CPU and CUDA compute the same. Prints "skipped: no CUDA device" if there is none.

#[path = "support/folder.rs"]
mod support;

use std::fs;

use support::{Folder, TINY, assert_contains};
use swanbench_conformance::defaults;
use swanbench_core::{Forward, ModelBuilder, Parameters, Pass, Regularizer, SeedStream};
use swanbench_models::MODELS;
use swanbench_spec::Mode;
use swanbench_torch::{Device, DeviceChoice};
use tch::Tensor;

/// Returns the first device, or prints why nothing is tested.
fn cuda() -> Option<Device> {
    let device = DeviceChoice::Cuda(0).open();
    if let Err(error) = &device {
        println!("skipped: no CUDA device ({error})");
    }
    let device = device.ok()?;
    swanbench_torch::prepare_process().unwrap();
    swanbench_torch::allow_tf32(false).unwrap();
    Some(device)
}

struct Open;

impl Regularizer for Open {}

#[test]
fn a_forward_pass_of_every_model_agrees() {
    let Some(cuda) = cuda() else { return };
    let _no_graph = tch::no_grad_guard();
    let mut images = SeedStream::Order.generator(0, Device::Cpu).unwrap();
    let images = images.normal(&[8, 3, 32, 32], 0.0, 1.0).unwrap();
    for entry in MODELS {
        let info = entry.info();
        let builder = ModelBuilder::new([3, 32, 32], 10, 1.0);
        let model = entry.build(&defaults(&info), builder).unwrap();
        let logits = |device: Device| -> Tensor {
            let mut init = SeedStream::Init.generator(0, Device::Cpu).unwrap();
            let parameters = Parameters::initialise(&model, &mut init, device).unwrap();
            let mut method = Open;
            let pass = Pass::evaluate(Mode::Hard);
            let pass = Forward::new(&model, &parameters, &mut method, pass);
            pass.run(&images.to_device(device)).0.to_device(Device::Cpu)
        };
        let (here, there) = (logits(Device::Cpu), logits(cuda));
        let difference = (&here - there).abs().max().double_value(&[]);
        let size = here.abs().max().double_value(&[]);
        let name = info.name;
        assert!(difference < 1e-4 * size, "{name}: {difference} apart, logits up to {size}");
    }
}

#[test]
fn epochs_of_every_method_agree_within_half_a_point() {
    if cuda().is_none() {
        return;
    }
    let experiment = TINY
        .replace("{ kind: mnist-5k, limit: 300 }", "mnist-5k")
        .replace("{ kind: mlp, hidden: [12, 8] }", "lenet5")
        .replace("epochs: 4, ", "epochs: 3, ");
    let folder = Folder::with("tiny.yaml", &experiment);
    let accuracies = |device: &str| -> Vec<(String, f64)> {
        let places = ["--results", device, "--plots", device];
        let output =
            folder.run(&[&["sweep", "tiny.yaml", "--device", device], &places[..]].concat());
        assert!(output.status.success(), "{}", output.stderr);
        let table = folder.path().join(device).join("tiny/table.csv");
        let table = fs::read_to_string(table).unwrap();
        let cells = table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        cells.map(|cell| (cell[0].to_owned(), cell[4].parse().unwrap())).collect()
    };
    for ((label, here), (_, there)) in accuracies("cpu").into_iter().zip(accuracies("cuda")) {
        // Draws in every step are made on the device, so those runs differ as seeds do.
        let draws_on_the_device = label == "dropout";
        let allowed = if draws_on_the_device { 0.03 } else { 0.005 };
        assert!((here - there).abs() < allowed, "{label}: {here} on CPU, {there} on CUDA");
    }
}

#[test]
fn compact_networks_are_timed_on_the_card_and_gated_ones_are_not() {
    if cuda().is_none() {
        return;
    }
    let folder = Folder::with("tiny.yaml", TINY);
    folder.sweep(&["--keep-models"]);
    for form in ["compact", "gated"] {
        let to = format!("{form}.safetensors");
        let output = folder.run(&["export", "tiny:swan:0.25:0", "--as", form, "--to", &to]);
        assert!(output.status.success(), "{}", output.stderr);
    }
    let bench = |file: &str| {
        let arguments =
            ["bench", file, "--device", "cuda", "--seconds", "0.01", "--format", "json"];
        folder.run(&arguments)
    };
    let output = bench("compact.safetensors");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&output.stdout).unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["device"] == "cuda:0"), "{rows:?}");
    let output = bench("gated.safetensors");
    assert_eq!(output.status.code(), Some(2), "{}", output.stderr);
    assert_contains(&output.stderr, "which is computed on the CPU only");
}
