//! The slice of all datasets, and the words that it adds to the vocabulary of experiments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_spec::{ComponentConfig, ComponentInfo};

use crate::{
    DataError, Places, RawDataset, cifar10, cifar100, fashion_mnist, files::FileSet, kmnist, mnist,
    mnist_5k, planted,
};

/// All datasets, in the order in which help lists them.
pub static DATASETS: &[Entry] = &[
    mnist_5k::ENTRY,
    mnist::ENTRY,
    fashion_mnist::ENTRY,
    kmnist::ENTRY,
    cifar10::ENTRY,
    cifar100::ENTRY,
    planted::ENTRY,
];

/// The revision of a dataset whose content is known only from files that nobody has read yet; see
/// [`vocabulary_for`].
pub const UNKNOWN_REVISION: &str = "unread";

/// One dataset.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The dataset as data, without a look at any file: its revision is [`UNKNOWN_REVISION`] where only the
    /// files know it.
    pub kind: fn() -> ComponentInfo,
    /// Reads it, or makes it from its settings.
    pub load: fn(&ComponentConfig, &Places) -> Result<RawDataset, DataError>,
    /// The checksum of its content, from the files where it is not known without them.
    pub checksum: fn(&Places) -> Result<String, DataError>,
    /// Its files; none where it comes with the program or is made by it.
    pub(crate) files: Option<&'static FileSet>,
}

/// The settings of a dataset that has none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoSettings {}

/// The dataset that experiments call `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Entry> {
    DATASETS.iter().find(|entry| (entry.kind)().name == name)
}

/// The same, or an error that names those that there are.
pub(crate) fn known(name: &str) -> Result<&'static Entry, DataError> {
    let known = || DATASETS.iter().map(|entry| (entry.kind)().name).collect();
    find(name).ok_or_else(|| DataError::Unknown { name: name.to_owned(), known: known() })
}

/// All datasets as words of the vocabulary, without a look at any file: for lists, help, schemas and
/// for checking experiments. Ids of runs need [`vocabulary_for`].
#[must_use]
pub fn vocabulary() -> Vec<ComponentInfo> {
    DATASETS.iter().map(|entry| (entry.kind)()).collect()
}

/// The same for an experiment on the dataset `name`, with the checksum of its content as revision:
/// its files are found and, unless their content is known in advance, read.
///
/// # Errors
/// Where the files of `name` are not found or cannot be read. An unknown `name` is none: it is the
/// checker who says so.
pub fn vocabulary_for(name: &str, places: &Places) -> Result<Vec<ComponentInfo>, DataError> {
    DATASETS
        .iter()
        .map(|entry| {
            let mut kind = (entry.kind)();
            if kind.name == name {
                kind.revision = (entry.checksum)(places)?;
            }
            Ok(kind)
        })
        .collect()
}
