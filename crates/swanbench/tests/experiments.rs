//! The experiments that come with the project.

use std::{fs, path::Path};

use swanbench_core::{MethodEntry, ModelEntry};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{Draft, Experiment, Override, Vocabulary};

fn vocabulary() -> Vocabulary {
    Vocabulary {
        methods: METHODS.iter().map(MethodEntry::info).collect(),
        models: MODELS.iter().map(ModelEntry::info).collect(),
        datasets: swanbench_data::vocabulary(),
    }
}

/// The experiment with ids as they are before its data have been read.
fn resolved(path: &Path, overrides: &[Override], vocabulary: &Vocabulary) -> Experiment {
    let draft = Draft::load(path, overrides, vocabulary);
    let draft = draft.unwrap_or_else(|error| panic!("{error}"));
    draft.resolve(&vocabulary.dataset(&draft.data().kind).unwrap().revision)
}

/// Stored results are found by their ids: a change here makes users train again.
#[test]
fn run_ids_are_pinned() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|kind| kind == "yaml")).collect();
    files.sort();
    let line = |path: &std::path::PathBuf| {
        let runs = resolved(path, &[], &vocabulary()).runs;
        let number = |id: &str| u64::from_str_radix(&id[..16], 16).unwrap();
        let sum = runs.iter().fold(0_u64, |sum, run| sum.wrapping_add(number(&run.id)));
        let name = path.file_stem().unwrap().to_string_lossy();
        format!("{name}: {} runs, sum of ids {sum:016x}\n", runs.len())
    };
    insta::assert_snapshot!(files.iter().map(line).collect::<String>());
}

/// As they are, and as the short trials that their heads suggest.
#[test]
fn they_can_be_run_whole_and_short() {
    let vocabulary = vocabulary();
    let short = ["train.epochs=1", "data.limit=2000"];
    let short = short.map(|text| Override::parse(text).unwrap());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "yaml") {
            continue;
        }
        for overrides in [&[][..], &short] {
            let experiment = resolved(&path, overrides, &vocabulary);
            let stem = path.file_stem().unwrap().to_string_lossy();
            assert_eq!(experiment.name, stem, "a file is found by the name of its results");
        }
        count += 1;
    }
    assert!(count >= 3, "{count} experiments");
}
