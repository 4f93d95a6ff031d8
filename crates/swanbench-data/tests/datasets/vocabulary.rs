//! The slice of datasets as vocabulary of experiments.

use std::collections::BTreeSet;

use crate::support::{chain, load, load_with};
use serde_json::json;
use swanbench_data::{DATASETS, DataDirs, Dataset, lookup, vocabulary};
use swanbench_spec::ComponentConfig;
use tch::Device;

#[test]
fn names_are_unique_and_found() {
    let names: Vec<_> = vocabulary().iter().map(|info| info.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), DATASETS.len());
    assert!(names.iter().all(|name| lookup(name).unwrap().info().name == *name));
    assert!(lookup("imagenet").is_err());
}

#[test]
fn settings_accept_only_their_own_fields() {
    for info in vocabulary() {
        let defaults = info.settings.defaults();
        assert_eq!(info.settings.resolve(&defaults).unwrap(), defaults, "{}", info.name);
        assert!(info.settings.resolve(&json!({ "no-such-field": 1 })).is_err(), "{}", info.name);
    }
}

#[test]
fn datasets_without_files_need_no_folder() {
    let nowhere = DataDirs::default();
    for name in ["mnist-5k", "planted"] {
        let raw = load(name, &nowhere).unwrap();
        let checksum = lookup(name).unwrap().checksum(&nowhere).unwrap();
        assert_eq!((raw.name, raw.revision), (name, checksum));
    }
    let checksum = |name| lookup(name).unwrap().checksum(&nowhere);
    assert!(checksum("fashion-mnist").is_ok(), "its content is known in advance");
    assert!(checksum("mnist").is_err());
}

#[test]
fn planted_follows_its_settings() {
    let with = |settings| load_with("planted", &settings, &DataDirs::default());
    let raw = with(json!({ "classes": 3, "side": 5, "train": 60, "test": 30, "seed": 7 })).unwrap();
    assert_eq!((raw.shape, raw.classes), ([1, 5, 5], 3));
    let data = Dataset::prepare(&raw, 0.1, None, Device::Cpu).unwrap();
    assert_eq!(data.train.images.size(), [54, 1, 5, 5]);
    assert_eq!((data.validation.len(), data.test.len()), (6, 30));

    let too_small = with(json!({ "side": 2 })).unwrap_err();
    assert!(chain(&too_small).contains("raise `side`, or lower"), "{}", chain(&too_small));
}

#[test]
fn settings_of_another_type_are_an_error() {
    let settings = json!({ "classes": "many" });
    let wrong = ComponentConfig::new("planted", settings);
    let error = lookup("planted").unwrap().load(&wrong, &DataDirs::default()).unwrap_err();
    assert!(
        chain(&error).starts_with("these are not settings of the dataset `planted`: invalid type"),
        "{}",
        chain(&error)
    );
}
