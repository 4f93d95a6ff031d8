//! What a build without libtorch knows of methods, models and datasets.

use std::{env, fs, path::Path};

use swanbench_core::{MethodEntry, ModelEntry};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::Vocabulary;

/// Set, it has the file written instead of compared.
const UPDATE: &str = "SWANBENCH_UPDATE_VOCABULARY";

#[test]
fn the_stored_vocabulary_is_that_of_the_slices() {
    let vocabulary = Vocabulary {
        methods: METHODS.iter().map(MethodEntry::kind).collect(),
        models: MODELS.iter().map(ModelEntry::kind).collect(),
        datasets: swanbench_data::vocabulary(),
    };
    let mut expected = serde_json::to_string_pretty(&vocabulary).unwrap();
    expected.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vocabulary.json");
    if env::var_os(UPDATE).is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap();
    assert!(stored == expected, "vocabulary.json is not up to date: `just vocabulary` writes it");
    // It must be readable from text that lives as long as the program.
    let stored: Vocabulary = serde_json::from_str(Box::leak(stored.into_boxed_str())).unwrap();
    assert_eq!(stored.methods.len(), METHODS.len());
}
