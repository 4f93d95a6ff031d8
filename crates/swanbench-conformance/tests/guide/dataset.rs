//! The guide's dataset is loaded, split and trained on from outside of the crate of datasets.

use serde_json::json;
use swanbench_conformance::{RequestedRun, defaults, trained};
use swanbench_data::{DataDirs, Dataset, DatasetDef, DatasetStatus, Split, fetch, verify};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use tch::Device;

use crate::stripes::Stripes;

fn prepared() -> Dataset {
    let raw = Stripes.load(&defaults(&Stripes.info()), &DataDirs::default()).unwrap();
    Dataset::prepare(&raw, 0.1, None, Device::Cpu).unwrap()
}

#[test]
fn the_guides_dataset_is_split() {
    let dirs = DataDirs::default();
    assert_eq!(fetch(&Stripes, &dirs, &mut ()).unwrap(), DatasetStatus::BuiltIn);
    assert_eq!(verify(&Stripes, &dirs).unwrap().revision, Stripes.checksum(&dirs).unwrap());
    let data = prepared();
    assert_eq!([&data.train, &data.validation, &data.test].map(Split::len), [180, 20, 100]);
    assert_eq!(data.train.images.size(), [180, 1, 8, 8]);
    assert!(Stripes.info().settings.resolve(&json!({ "examples": 3 })).is_err());
}

#[test]
fn dense_trains_on_the_guides_dataset() {
    let dense = METHODS.iter().find(|method| method.info().name == "dense").unwrap();
    let mlp = MODELS.iter().find(|model| model.info().name == "mlp").unwrap();
    let run = RequestedRun { width: 0.5, epochs: 1, recovery_epochs: 0, seed: 0, batch_size: 16 };
    let record = trained(dense, mlp, &prepared(), run);
    let accuracies: Vec<_> = record.evaluations.iter().map(|row| row.test_accuracy).collect();
    assert!(accuracies.iter().all(|accuracy| *accuracy > 0.9), "{accuracies:?}");
}
