//! The slice of all datasets, and their vocabulary for experiments.

use swanbench_spec::ComponentInfo;

use crate::{
    DataError, DatasetDef, cifar10, cifar100, fashion_mnist, kmnist, mnist, mnist_5k, planted,
};

/// All datasets, in the order in which help lists them.
pub static DATASETS: &[&dyn DatasetDef] = &[
    &mnist_5k::Mnist5k,
    &mnist::DATASET,
    &fashion_mnist::DATASET,
    &kmnist::DATASET,
    &cifar10::DATASET,
    &cifar100::DATASET,
    &planted::PlantedDataset,
];

/// Finds the dataset that experiments call `name`.
///
/// Returns an error that lists all datasets if there is none of this name.
pub fn lookup(name: &str) -> Result<&'static dyn DatasetDef, DataError> {
    let found = DATASETS.iter().copied().find(|dataset| dataset.info().name == name);
    found.ok_or_else(|| DataError::Unknown {
        name: name.to_owned(),
        known: DATASETS.iter().map(|dataset| dataset.info().name).collect(),
    })
}

/// Describes all datasets without reading a file: for lists, help, schemas and checks of
/// experiments. Ids of runs need [`DatasetDef::checksum`].
pub fn vocabulary() -> Vec<ComponentInfo> {
    DATASETS.iter().map(|dataset| dataset.info()).collect()
}
