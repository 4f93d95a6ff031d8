//! The vocabulary of experiments.

use swanbench_spec::Vocabulary;

/// Collects the vocabulary from the slices, without a look at any file of data.
#[cfg(feature = "training")]
pub fn vocabulary() -> Vocabulary {
    Vocabulary {
        methods: swanbench_methods::METHODS.iter().map(swanbench_core::MethodEntry::info).collect(),
        models: swanbench_models::MODELS.iter().map(swanbench_core::ModelEntry::info).collect(),
        datasets: swanbench_data::vocabulary(),
    }
}

/// Reads the vocabulary that a build with the slices has written (`just generate`).
#[cfg(not(feature = "training"))]
pub fn vocabulary() -> Vocabulary {
    serde_json::from_str(include_str!("../vocabulary.json"))
        .expect("a test holds the file equal to the slices")
}
