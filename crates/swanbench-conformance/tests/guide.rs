//! The guide in `crates/README.md`: its method, model and dataset are this code, written outside of
//! the crates that hold the others. Method and model pass the whole suite.

#[path = "guide/dataset.rs"]
mod dataset;
#[path = "guide/random_units.rs"]
mod random_units;
#[path = "guide/small_cnn.rs"]
mod small_cnn;
#[path = "guide/stripes.rs"]
mod stripes;

use std::{fs, path::Path, process::Command};

use random_units::RandomUnits;
use serde_json::json;
use small_cnn::SmallCnn;
use swanbench_conformance::{check_all, defaults};
use swanbench_core::{
    Budget, MethodEntry, ModelBuilder, ModelEntry, Parameters, Pass, SeedStream, Setup,
};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{BudgetKind, ComponentConfig, Mode};
use tch::{Device, Kind, Tensor};

const METHOD: MethodEntry = MethodEntry::of::<RandomUnits>();
const MODEL: ModelEntry = ModelEntry::of::<SmallCnn>();

/// Finds the blocks of Rust in a text in Markdown.
fn rust_blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("```rust\n").skip(1).map(|rest| rest.split("```").next().unwrap())
}

#[test]
fn the_guides_method_passes_the_suite() {
    check_all(&[METHOD], MODELS);
}

#[test]
fn the_guides_model_passes_the_suite() {
    let with_model = |method: &&MethodEntry| ["dense", "swan"].contains(&method.info().name);
    let methods: Vec<MethodEntry> = METHODS.iter().filter(with_model).copied().collect();
    assert_eq!(methods.len(), 2);
    check_all(&methods, &[MODEL]);
}

#[test]
fn the_guide_shows_the_examples() {
    let guide = include_str!("../../README.md");
    for example in [
        include_str!("guide/random_units.rs"),
        include_str!("guide/small_cnn.rs"),
        include_str!("guide/stripes.rs"),
    ] {
        assert!(rust_blocks(guide).any(|block| block == example), "{}", &example[..60]);
    }
}

/// The README may show a part of the method only, as long as it is a part of it.
#[test]
fn the_readme_shows_parts_of_the_examples() {
    for block in rust_blocks(include_str!("../../../README.md")) {
        assert!(include_str!("guide/random_units.rs").contains(block), "{block}");
    }
}

#[test]
fn the_guides_method_opens_its_share_of_units() {
    let open = |settings: &serde_json::Value, target: f64| -> Vec<f32> {
        let settings = METHOD.info().settings.resolve(settings).unwrap();
        let config = ComponentConfig::new("random-units", settings);
        let mut method = METHOD.build(&config).unwrap();
        let builder = ModelBuilder::new([1, 8, 8], 10, 1.0);
        let map = &MODEL.build(&defaults(&MODEL.info()), builder).unwrap();
        let stream = |stream: SeedStream| stream.generator(0, Device::Cpu).unwrap();
        let parameters =
            Parameters::initialise(map, &mut stream(SeedStream::Init), Device::Cpu).unwrap();
        let generator = stream(SeedStream::Method);
        let (device, budget) = (Device::Cpu, Budget::new(BudgetKind::Units, target, map));
        let setup =
            Setup { map, parameters: &parameters, generator, device, budget, densities: None };
        method.attach(setup).unwrap();
        let ones = Tensor::ones([1, 128], (Kind::Float, Device::Cpu));
        let pass = Pass::evaluate(Mode::Hard);
        Vec::try_from(method.gate(&map.sites[1], &Tensor::new(), ones, pass).output.view(-1))
            .unwrap()
    };
    let random = open(&json!({}), 0.25);
    assert_eq!(random.iter().sum::<f32>(), 32.0);
    assert!(random[..32].iter().sum::<f32>() < 32.0, "not the first ones: {random:?}");
    assert_eq!(open(&json!({}), 0.001).iter().sum::<f32>(), 1.0, "never none");
    assert_eq!(open(&json!({ "min_units": 5 }), 0.001).iter().sum::<f32>(), 5.0);
    assert!(METHOD.info().settings.resolve(&json!({ "least": 2 })).is_err());
}

/// Runs `just new-method`'s script in a copy of the files that it reads.
fn new_method(root: &Path, name: &str) -> (Option<i32>, String) {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in [
        "crates/swanbench-conformance/tests/guide/random_units.rs",
        "crates/swanbench-methods/src/lib.rs",
    ] {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        if !root.join(file).exists() {
            fs::copy(workspace.join(file), root.join(file)).unwrap();
        }
    }
    fs::create_dir_all(root.join("experiments")).unwrap();
    let script = workspace.join("crates/swanbench-methods/new-method.sh");
    let output = Command::new(script).arg(name).current_dir(root).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn new_method_writes_file_slice_and_experiment() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(new_method(folder.path(), "my-pruning"), (Some(0), String::new()));
    assert_eq!(new_method(folder.path(), "raw"), (Some(0), String::new()));
    let read = |file: &str| fs::read_to_string(folder.path().join(file)).unwrap();
    let code = read("crates/swanbench-methods/src/my_pruning.rs");
    let example = include_str!("guide/random_units.rs");
    let expected = example.replace("RandomUnits", "MyPruning");
    assert_eq!(code, expected.replace("random-units", "my-pruning"));
    let slice = read("crates/swanbench-methods/src/lib.rs");
    for line in ["\nmod my_pruning;\n", "    MethodEntry::of::<my_pruning::MyPruning>(),\n];\n"] {
        assert!(
            slice.replace("    MethodEntry::of::<raw::Raw>(),\n", "").contains(line),
            "{slice}"
        );
    }
    assert!(read("experiments/my-pruning.yaml").contains("  - my-pruning\n"));
}

#[test]
fn new_method_refuses_names() {
    let folder = tempfile::tempdir().unwrap();
    for (name, reason) in [
        ("", "lower-case words"),
        ("My_method", "lower-case words"),
        ("match", "keyword"),
        ("gates", "the template uses `Gates`"),
        ("swan", "exists"),
    ] {
        let _ = fs::create_dir_all(folder.path().join("crates/swanbench-methods/src"));
        fs::write(folder.path().join("crates/swanbench-methods/src/swan.rs"), "").unwrap();
        let (status, message) = new_method(folder.path(), name);
        assert_eq!(status, Some(2), "{name}: {message}");
        assert!(message.starts_with("error: ") && message.contains(reason), "{name}: {message}");
    }
}
