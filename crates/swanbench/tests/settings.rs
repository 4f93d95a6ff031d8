//! Settings of an experiment that change the computation of its runs, through the command.

#[path = "support/folder.rs"]
mod support;

use std::{collections::BTreeMap, fs};

use support::{Folder, Output};
use swanbench_results::Store;

/// A network with normalisations, thin, on few digits.
const NORMALISED: &str = "\
name: tiny
data: { kind: mnist-5k, limit: 200 }
model: { kind: resnet20, width: 0.25 }
train: { epochs: 2, recovery_epochs: 1, batch_size: 32 }
seeds: [0]
targets: [0.5]
methods:
  - dense
  - { kind: magnitude, scope: unit }
";

fn sweep(folder: &Folder, options: &[&str]) -> Output {
    folder.run(&[&["sweep", "tiny.yaml"], options].concat())
}

/// Returns the curves of a sweep with `options`, by run.
fn curves(folder: &Folder, results: &str, options: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let output = sweep(folder, &[&["--results", results], options].concat());
    assert!(output.status.success(), "{}", output.stderr);
    folder.metrics(&format!("{results}/tiny"))
}

#[test]
fn augmentation_depends_on_the_runs_seed() {
    let folder = Folder::with("tiny.yaml", NORMALISED);
    let varied = ["--set", "data.crop_padding=2", "--set", "data.flip=true"];
    let plain = curves(&folder, "plain", &[]);
    let one = curves(&folder, "one", &[&varied[..], &["--jobs", "1"]].concat());
    let two = curves(&folder, "two", &[&varied[..], &["--jobs", "2"]].concat());
    assert_eq!(one, two);
    assert_eq!(one.len(), 2);
    for (id, curve) in &one {
        assert!(!plain.contains_key(id) && !plain.values().any(|other| other == curve), "{id}");
    }
}

#[test]
fn recalibrated_accuracy_is_next_to_the_headline() {
    let folder = Folder::with("tiny.yaml", NORMALISED);
    let output = sweep(&folder, &[]);
    assert!(output.status.success(), "{}", output.stderr);
    let table = fs::read_to_string(folder.path().join("plots/tiny/table.md")).unwrap();
    assert!(table.contains("| raw, recalibrated, % | recalibrated, % |"), "{table}");
    assert!(table.contains("Recalibrated: with the statistics"), "{table}");
}

#[test]
fn bfloat16_trains_with_other_numbers_than_32_bits() {
    let folder = Folder::with("tiny.yaml", NORMALISED);
    let full = curves(&folder, "full", &[]);
    let half = curves(&folder, "half", &["--set", "train.precision=bfloat16"]);
    assert_eq!((full.len(), half.len()), (2, 2));
    assert!(half.values().all(|curve| !full.values().any(|other| other == curve)));
}

#[test]
fn results_keep_which_library_multiplied() {
    let folder = Folder::with("tiny.yaml", NORMALISED);
    for library in ["mkl", "onednn"] {
        let options = ["--set", "model=mlp", "--set", "methods=[dense]", "--linear", library];
        curves(&folder, library, &options);
        let store = Store::open(&folder.path().join(library), "tiny");
        let runs = store.read_results().unwrap().runs;
        assert_eq!(runs[0].cost.machine.device, format!("cpu ({library})"));
    }
}

#[test]
fn tf32_and_a_device_named_twice_are_refused() {
    let folder = Folder::with("tiny.yaml", NORMALISED);
    for (options, message) in [
        (&["--set", "train.precision=tf32"][..], "error: precision tf32 exists on CUDA only"),
        (&["--device", "cpu,cpu"][..], "error: device cpu is named twice"),
        (&["--device", "cuda:0,gpu"][..], "unknown device `gpu`"),
    ] {
        let output = sweep(&folder, options);
        assert_eq!(output.status.code(), Some(2), "{}", output.stderr);
        assert!(output.stderr.contains(message), "{}", output.stderr);
        assert!(!folder.path().join("results").exists(), "nothing was written");
    }
}

#[test]
fn weights_that_do_not_fit_are_refused_by_name() {
    let folder = Folder::with("tiny.yaml", NORMALISED);
    let given = ["--set", "model.weights=given.safetensors"];
    let refused = || {
        let output = sweep(&folder, &given);
        assert_eq!(output.status.code(), Some(2), "{}", output.stderr);
        assert!(!folder.path().join("results").exists(), "nothing was written");
        output.stderr
    };
    let missing = refused();
    assert!(missing.contains("cannot read `given.safetensors`: No such file"), "{missing}");
    for (content, said) in [
        (&b"not weights"[..], "is cut off, or no safetensors file"),
        (b"", "is empty"),
        (b"PK\x03\x04 an archive", "is a file of PyTorch or NumPy: save its tensors with"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"),
    ] {
        fs::write(folder.path().join("given.safetensors"), content).unwrap();
        let damaged = refused();
        assert!(damaged.contains(said), "{damaged}");
    }
    // A header of 66 bytes, then the one number of a tensor that the model does not have.
    let header = r#"{"other":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let file = [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &[0; 4]].concat();
    fs::write(folder.path().join("given.safetensors"), file).unwrap();
    let other = refused();
    assert!(other.contains("`given.safetensors` does not fit the model: conv1.weight"), "{other}");
}
