//! What the command says of bad input: one clear message, exit status 2, nothing written.

#[path = "support/folder.rs"]
mod support;

use std::fs;

use support::{Folder, TINY};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;

/// The message for an experiment in which `from` is replaced by `to`.
fn message(from: &str, to: &str) -> String {
    assert!(TINY.contains(from), "{from} stands in the experiment");
    let folder = Folder::with("tiny.yaml", &TINY.replacen(from, to, 1));
    refused(&folder, &["sweep", "tiny.yaml"])
}

/// Runs the command, which must refuse its input before it writes anything.
fn refused(folder: &Folder, arguments: &[&str]) -> String {
    let output = folder.run(arguments);
    assert_eq!(output.status.code(), Some(2), "{}", output.stderr);
    assert_eq!(output.stdout, "");
    assert!(!folder.path().join("results").exists(), "nothing was written");
    assert!(!folder.path().join("plots").exists(), "nothing was drawn");
    without_names(&output.stderr)
}

/// Replaces lists of all methods, models or datasets: a new one must not change a snapshot.
fn without_names(message: &str) -> String {
    let list = |names: Vec<&str>| names.join(", ");
    let methods = list(METHODS.iter().map(|entry| entry.info().name).collect());
    let models = list(MODELS.iter().map(|entry| entry.info().name).collect());
    let datasets = list(swanbench_data::vocabulary().iter().map(|info| info.name).collect());
    let message = message.replace(&methods, "(all methods)").replace(&models, "(all models)");
    message.replace(&datasets, "(all datasets)")
}

#[test]
fn an_unknown_setting_of_a_method() {
    insta::assert_snapshot!(message("scope: unit", "scop: unit"));
}

#[test]
fn settings_that_contradict_each_other() {
    insta::assert_snapshot!(message("scope: unit", "scope: unit, rounds: 3"));
}

#[test]
fn densities_of_an_entry_that_is_not_there() {
    insta::assert_snapshot!(message("scope: unit", "scope: unit, densities_from: swam"));
}

#[test]
fn targets_that_no_method_reaches() {
    let text = TINY.replacen("targets: [0.25]", "targets: [0.01]", 1);
    let (head, _) = text.split_once("  - dense").unwrap();
    let folder = Folder::with("tiny.yaml", &format!("{head}  - swan\n  - kwta\n"));
    insta::assert_snapshot!(refused(&folder, &["sweep", "tiny.yaml"]));
}

/// Cells that cannot be held to their targets are named, and the others are trained.
#[test]
fn a_target_below_one_unit_per_site_is_named() {
    let text = TINY.replacen("targets: [0.25]", "targets: [0.25, 0.05]", 1);
    let folder = Folder::with("tiny.yaml", &text);
    let output = folder.run(&["check", "tiny.yaml"]);
    assert!(output.status.success(), "{}", output.stderr);
    let named = "magnitude (unit) at 5%: not reachable, least 8.3%\n";
    assert!(output.stdout.contains(named), "{}", output.stdout);
    assert!(!output.stdout.contains("at 25%: not reachable"), "{}", output.stdout);
    assert!(!output.stdout.contains("magnitude (weight) at"), "{}", output.stdout);
}

/// Each is valid alone, and would do nothing, or something else than it says, in this experiment.
#[test]
fn settings_that_make_no_sense_here() {
    let swan = "  - swan";
    let unit = "  - { kind: magnitude, scope: unit }";
    for (from, to, said) in [
        (unit, "  - { kind: magnitude, rewind_to_epoch: 4000 }", "the first pruning comes after 3"),
        (
            unit,
            "  - { kind: magnitude, schedule: gradual }",
            "every 100 steps, and training has 27",
        ),
        (unit, "  - { kind: magnitude, schedule: iterative, rounds: 28 }", "training has 27 steps"),
        (unit, "  - { kind: magnitude, schedule: gradual, regrow: true }", "every 100 steps"),
        (unit, "  - { kind: magnitude, allocation: erk }", "`allocation: erk` is for weights"),
        (unit, "  - { kind: magnitude, densities_from: dense }", "`dense` closes no units"),
        (unit, "  - { kind: magnitude, densities_from: narrow }", "`narrow` closes no units"),
        (unit, "  - { kind: magnitude, densities_from: dropout }", "`dropout` closes no units"),
        (unit, "  - { kind: magnitude, shape: 1 }", "leaves `magnitude` nothing to do"),
        (swan, "  - rigl", "`update_every` is 100, and there are 27 steps before `stop`"),
        (
            swan,
            "  - { kind: swan, gate_rank: 0, read: { grid: 2 } }",
            "`read` is for gates that look",
        ),
        (swan, "  - { kind: swan, threshold_sweep: [0.1, 0.1] }", "`0.1` is repeated"),
        (swan, "  - { kind: swan, threshold_sweep: [0.1, 0.5] }", "which is `threshold`"),
        (swan, "  - { kind: l0, lambda_target: 0 }", "`0` is out of range"),
        (swan, "  - { kind: fbs, ramp: { start: 1, end: 1 } }", "after the last step of training"),
        (swan, "  - { kind: dense, label: wide, width: 0.99 }", "0.99 leaves every layer as wide"),
        (swan, "  - { kind: swan, temperature: 1e-300 }", "`1e-300` is out of range"),
        (swan, "  - { kind: swan, initial_logit: 50 }", "`50` is out of range"),
        (swan, "  - { kind: swan, read: {} }", "read.grid: is missing"),
        (
            "limit: 300",
            "limit: 300000",
            "data.limit: there are 4000 training and 1000 test examples",
        ),
        ("limit: 300", "limit: 300, crop_padding: 28", "images have 28 x 28 pixels"),
        ("limit: 300", "limit: 15", "too few to hold out a share of 0.1"),
        ("seeds:", "phases: [{}, { classes: [3] }]\nseeds:", "one class is nothing to tell apart"),
        (
            "seeds:",
            "claims: [{ id: a, compare: test_accuracy, of: swan, against: dense (shuffled gates), \
             expect: greater }]\nseeds:",
            "`dense` has no gates that depend on the input",
        ),
        (
            "seeds:",
            "claims: [{ id: a, correlate: [flops_per_example, dense_loss], expect: positive, \
             method: narrow }]\nseeds:",
            "`narrow` has no gates that depend on the input",
        ),
        ("mlp, hidden: [12, 8]", "resnet20, width: 0.1", "one is a batch of its own"),
    ] {
        let text =
            if from.starts_with("mlp") { TINY.replace("32", "269") } else { TINY.to_owned() };
        assert!(text.contains(from), "{from}");
        let folder = Folder::with("tiny.yaml", &text.replacen(from, to, 1));
        let output = folder.run(&["check", "tiny.yaml"]);
        assert_eq!(output.status.code(), Some(2), "{to}: {}", output.stdout);
        assert!(output.stderr.contains(said), "{to}: {}", output.stderr);
    }
}

#[test]
fn an_unknown_method() {
    insta::assert_snapshot!(message("  - swan", "  - swann"));
}

#[test]
fn an_unknown_model_and_dataset_at_once() {
    let text = TINY.replace("kind: mlp, hidden: [12, 8]", "kind: lenet");
    let folder = Folder::with("tiny.yaml", &text.replace("mnist-5k", "minst-5k"));
    insta::assert_snapshot!(refused(&folder, &["sweep", "tiny.yaml"]));
}

#[test]
fn a_wrong_type() {
    insta::assert_snapshot!(message("epochs: 4", "epochs: four"));
}

#[test]
fn an_empty_list() {
    insta::assert_snapshot!(message("targets: [0.25]", "targets: []"));
}

#[test]
fn a_target_outside_its_range() {
    insta::assert_snapshot!(message("targets: [0.25]", "targets: [0.25, 1.5]"));
}

#[test]
fn the_same_seed_twice() {
    insta::assert_snapshot!(message("seeds: [0, 1]", "seeds: [0, 1, 0]"));
}

#[test]
fn a_layer_without_neurons() {
    insta::assert_snapshot!(message("hidden: [12, 8]", "hidden: [12, 0]"));
}

#[test]
fn text_that_is_not_yaml() {
    insta::assert_snapshot!(message("seeds: [0, 1]", "seeds: [0, 1"));
}

#[test]
fn an_override_that_is_out_of_range() {
    let folder = Folder::with("tiny.yaml", TINY);
    let stderr = refused(&folder, &["sweep", "tiny.yaml", "--set", "train.epochs=0"]);
    insta::assert_snapshot!(stderr);
}

#[test]
fn a_file_that_is_not_there() {
    insta::assert_snapshot!(refused(&Folder::new(), &["sweep", "absent.yaml"]));
}

#[test]
fn an_experiment_that_was_never_run() {
    insta::assert_snapshot!(refused(&Folder::new(), &["report", "absent"]));
}

#[test]
fn a_model_that_does_not_exist() {
    insta::assert_snapshot!(refused(&Folder::new(), &["cost", "mlpp"]));
}

#[test]
fn an_image_that_is_too_small_for_the_model() {
    insta::assert_snapshot!(refused(&Folder::new(), &["cost", "lenet5", "--input", "1x8x8"]));
}

#[test]
fn a_folder_of_pictures_that_is_a_file() {
    let folder = Folder::with("tiny.yaml", TINY);
    fs::write(folder.path().join("pictures"), "").unwrap();
    let output = folder.run(&["sweep", "tiny.yaml", "--plots", "pictures"]);
    assert_eq!(output.status.code(), Some(2), "{}", output.stderr);
    assert!(
        output.stderr.starts_with("error: cannot create `pictures/tiny`: "),
        "{}",
        output.stderr
    );
    assert!(folder.metrics("results/tiny").is_empty(), "nothing was trained");
}

#[test]
fn a_truncated_data_file() {
    let text = TINY.replace("kind: mnist-5k", "kind: mnist");
    let folder = Folder::with("tiny.yaml", &text);
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    // Each file claims 10 items and stops after the header.
    for (name, header) in [
        ("train-images-idx3-ubyte", &[0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 28, 0, 0, 0, 28][..]),
        ("train-labels-idx1-ubyte", &[0, 0, 8, 1, 0, 0, 0, 10]),
        ("t10k-images-idx3-ubyte", &[0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 28, 0, 0, 0, 28]),
        ("t10k-labels-idx1-ubyte", &[0, 0, 8, 1, 0, 0, 0, 10]),
    ] {
        fs::write(data.join(name), header).unwrap();
    }
    let stderr = refused(&folder, &["sweep", "tiny.yaml", "--data-dir", "data"]);
    insta::assert_snapshot!(stderr);
}

#[test]
fn a_folder_of_data_without_the_dataset() {
    let folder = Folder::with("tiny.yaml", &TINY.replace("kind: mnist-5k", "kind: kmnist"));
    fs::create_dir(folder.path().join("data")).unwrap();
    let stderr = refused(&folder, &["sweep", "tiny.yaml", "--data-dir", "data"]);
    assert!(stderr.contains("data/kmnist"), "{stderr}");
    assert!(!stderr.contains("no connection"), "nothing was downloaded: {stderr}");
    // Even if another folder has the set.
    let stderr = refused(&folder, &["sweep", "tiny.yaml", "--data-dir", "nowhere"]);
    assert!(stderr.contains("there is no such folder"), "{stderr}");
}

#[test]
fn a_path_in_place_of_a_name() {
    let folder = Folder::with("tiny.yaml", TINY);
    for command in ["report", "runs", "clean"] {
        let stderr = refused(&folder, &[command, "experiments/quickstart.yaml"]);
        assert!(stderr.contains("it is a path, and a `name` is wanted, such as `quickstart`"));
    }
}

/// On a machine with a GPU the same command trains, so there is nothing to refuse.
#[test]
fn cuda_where_there_is_none() {
    if swanbench_torch::DeviceChoice::Cuda(0).open().is_ok() {
        eprintln!("skipped: this machine has a CUDA device");
        return;
    }
    let folder = Folder::with("tiny.yaml", TINY);
    let stderr = refused(&folder, &["sweep", "tiny.yaml", "--device", "cuda"]);
    assert!(stderr.starts_with("error: ") && stderr.contains("use --device cpu"), "{stderr}");
}
