//! All that an experiment can name, gathered from the slices.

use swanbench_data::{Places, vocabulary_for};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{Experiment, Vocabulary};

use crate::{
    arguments::ExperimentInput,
    exit::{Blame, Failure},
};

/// The vocabulary, without a look at any file of data.
pub fn vocabulary() -> Vocabulary {
    Vocabulary {
        methods: METHODS.iter().map(swanbench_core::MethodEntry::kind).collect(),
        models: MODELS.iter().map(swanbench_core::ModelEntry::kind).collect(),
        datasets: swanbench_data::vocabulary(),
    }
}

/// Reads and checks an experiment. Its dataset is read too, since the ids of runs depend on the
/// data's content.
pub fn load(
    file: &std::path::Path,
    input: &ExperimentInput,
) -> Result<(Experiment, Places), Failure> {
    let places = Places::from_environment(input.data_dir.clone());
    let mut vocabulary = vocabulary();
    // The first reading tells which dataset it is, and finds what is wrong before any file of data
    // is touched.
    let unread = Experiment::load(file, &input.set, &vocabulary).bad_input()?;
    vocabulary.datasets = vocabulary_for(&unread.data.kind, &places).bad_input()?;
    let experiment = Experiment::load(file, &input.set, &vocabulary).bad_input()?;
    Ok((experiment, places))
}
