//! All that an experiment can name, gathered from the slices.

use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::Vocabulary;

/// The vocabulary, without a look at any file of data.
pub fn vocabulary() -> Vocabulary {
    Vocabulary {
        methods: METHODS.iter().map(swanbench_core::MethodEntry::kind).collect(),
        models: MODELS.iter().map(swanbench_core::ModelEntry::kind).collect(),
        datasets: swanbench_data::vocabulary(),
    }
}
