//! Files that the program writes about itself: the vocabulary of a build without libtorch, and the
//! schema by which editors complete experiments. `just generate` writes them.

use std::{env, fs, path::Path};

use swanbench_core::{MethodEntry, ModelEntry};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{Vocabulary, schema};

/// If set, the files are written instead of compared.
const UPDATE: &str = "SWANBENCH_GENERATE";

fn vocabulary() -> Vocabulary {
    Vocabulary {
        methods: METHODS.iter().map(MethodEntry::info).collect(),
        models: MODELS.iter().map(ModelEntry::info).collect(),
        datasets: swanbench_data::vocabulary(),
    }
}

/// Compares a file, named from this crate's folder, and returns its content.
fn up_to_date(file: &str, mut expected: String) -> String {
    expected.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if env::var_os(UPDATE).is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap();
    assert!(stored == expected, "{file} is not up to date: `just generate` writes it");
    stored
}

#[test]
fn the_stored_vocabulary_is_that_of_the_slices() {
    let expected = serde_json::to_string_pretty(&vocabulary()).unwrap();
    let stored = up_to_date("vocabulary.json", expected);
    // It must be readable from text that lives as long as the program.
    let stored: Vocabulary = serde_json::from_str(Box::leak(stored.into_boxed_str())).unwrap();
    assert_eq!(stored.methods.len(), METHODS.len());
    assert_eq!(schema(&stored), schema(&vocabulary()), "and says the same");
}

#[test]
fn the_schema_of_experiments_is_that_of_the_slices() {
    let expected = format!("{:#}", schema(&vocabulary()));
    up_to_date("../../experiments/experiment.schema.json", expected);
}
