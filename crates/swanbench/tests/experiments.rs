//! The experiments that come with the project.

use std::{fs, path::Path};

use swanbench_core::{MethodEntry, ModelEntry};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{Experiment, Override, Vocabulary};

/// As they are, and as the short trials that their heads suggest.
#[test]
fn they_can_be_run_whole_and_short() {
    let vocabulary = Vocabulary {
        methods: METHODS.iter().map(MethodEntry::kind).collect(),
        models: MODELS.iter().map(ModelEntry::kind).collect(),
        datasets: swanbench_data::vocabulary(),
    };
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
            let experiment = Experiment::load(&path, overrides, &vocabulary);
            let experiment = experiment.unwrap_or_else(|error| panic!("{error}"));
            let stem = path.file_stem().unwrap().to_string_lossy();
            assert_eq!(experiment.name, stem, "a file is found by the name of its results");
        }
        count += 1;
    }
    assert!(count >= 3, "{count} experiments");
}
