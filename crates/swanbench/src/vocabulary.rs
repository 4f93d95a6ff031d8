//! All that an experiment can name.

use swanbench_spec::Vocabulary;

/// The vocabulary, gathered from the slices, without a look at any file of data.
#[cfg(feature = "training")]
pub fn vocabulary() -> Vocabulary {
    Vocabulary {
        methods: swanbench_methods::METHODS.iter().map(swanbench_core::MethodEntry::info).collect(),
        models: swanbench_models::MODELS.iter().map(swanbench_core::ModelEntry::info).collect(),
        datasets: swanbench_data::vocabulary(),
    }
}

/// The vocabulary as a build with the slices wrote it down (`just generate`).
#[cfg(not(feature = "training"))]
pub fn vocabulary() -> Vocabulary {
    serde_json::from_str(include_str!("../vocabulary.json"))
        .expect("a test holds the file equal to the slices")
}
