//! What is measured, and what learns, after a change of task.

#[path = "support/folder.rs"]
mod support;

use std::collections::BTreeMap;

use safetensors::SafeTensors;
use support::{Folder, TINY, assert_contains};
use swanbench_results::{RunRow, Store};
use swanbench_spec::Stage;

/// The small experiment with a second task of two epochs of nine steps, and these settings of it.
fn experiment(settings: &str) -> String {
    let phases = format!("phases: [{{}}, {{ images: rotated, epochs: 2{settings} }}]\nseeds:");
    TINY.replace("seeds:", &phases)
}

fn swept(settings: &str) -> Folder {
    let folder = Folder::with("tiny.yaml", &experiment(settings));
    folder.sweep(&["--keep-models"]);
    folder
}

fn rows(folder: &Folder) -> Vec<RunRow> {
    let results = Store::open(&folder.path().join("results"), "tiny").read_results().unwrap();
    results.runs
}

/// Returns the loss on test of each run at the end, by label and seed.
fn ends(rows: &[RunRow]) -> BTreeMap<String, f64> {
    let ends = rows.iter().filter_map(|row| {
        let evaluation = row.evaluation.as_ref()?;
        let conditions = &evaluation.conditions;
        let is_end = conditions.is_headline()
            && (conditions.task_index, conditions.stage) == (2, Stage::Recovery);
        is_end.then(|| (format!("{} {}", row.run.label, row.run.seed), evaluation.test_loss))
    });
    ends.collect()
}

#[test]
fn measuring_on_the_way_adds_rows_and_changes_nothing() {
    let looked = swept(", measure_after_steps: [2, 9, 18]");
    let rows_of = rows(&looked);
    let of_dense = rows_of.iter().filter(|row| row.run.label == "dense" && row.run.seed == 0);
    let of_dense: Vec<_> = of_dense.filter_map(|row| row.evaluation.as_ref()).collect();
    let at = |steps| {
        let found = of_dense.iter().find(|one| one.conditions.steps == steps);
        found.unwrap_or_else(|| panic!("no row after {steps:?} steps"))
    };
    assert!(at(Some(2)).test_loss > at(Some(9)).test_loss, "two epochs of nine steps help");
    // After the last step is at the end.
    let end = of_dense.iter().rfind(|one| one.conditions.is_headline()).unwrap();
    assert_eq!(at(Some(18)).test_loss.to_bits(), end.test_loss.to_bits());
    assert_eq!(end.still_open, Some(1.0), "all units of a dense network");
    let ends_looked = ends(&rows_of);
    assert_eq!(ends_looked.len(), 12);
    assert_eq!(ends_looked, ends(&rows(&swept(""))));
}

/// Returns the 32-bit tensors of every model, by label, seed and name.
fn tensors(folder: &Folder) -> BTreeMap<String, Vec<f32>> {
    let labels: BTreeMap<_, _> = folder.files("results/tiny", "run.json");
    let mut all = BTreeMap::new();
    for (id, model) in folder.files("results/tiny", "model.safetensors") {
        let run: serde_json::Value = serde_json::from_slice(&labels[&id]).unwrap();
        for (name, tensor) in SafeTensors::deserialize(&model).unwrap().tensors() {
            let key = format!("{} {} {name}", run["label"].as_str().unwrap(), run["seed"]);
            let (numbers, _) = tensor.data().as_chunks::<4>();
            all.insert(key, numbers.iter().map(|&number| f32::from_le_bytes(number)).collect());
        }
    }
    all
}

#[test]
fn gates_that_learn_alone_leave_the_weights() {
    let folder = swept(", learn: gates");
    let (now, end) = (tensors(&folder), ends(&rows(&folder)));
    // The first task is trained in the same way without a second one.
    let first = Folder::with("tiny.yaml", TINY);
    first.sweep(&["--keep-models"]);
    let before = tensors(&first);
    let differs = |part: &str| {
        let of_part = before.iter().filter(|(name, _)| name.contains(part));
        of_part.filter(|(name, content)| now[*name] != **content).count()
    };
    for layer in [" fc1.", " fc2.", " fc3."] {
        assert!(before.keys().any(|name| name.contains(layer)), "{layer}");
        assert_eq!(differs(layer), 0, "{layer}");
    }
    assert!(differs("swan 0 gates.") > 0, "gates have learned");
    let other = ends(&rows(&swept("")));
    assert!(end.iter().all(|(run, loss)| other[run] != *loss), "weights would have learned");
}

#[test]
fn a_step_beyond_the_task_is_named_before_training() {
    let folder = Folder::with("tiny.yaml", &experiment(", measure_after_steps: [2, 19]"));
    let output = folder.run(&["check", "tiny.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_contains(&output.stderr, "19 is beyond the task, which has 18 steps");
    assert_contains(&output.stderr, "expected: at most 18");
}
