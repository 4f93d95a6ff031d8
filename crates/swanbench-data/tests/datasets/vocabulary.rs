//! The slice of datasets as words of the vocabulary.

use std::collections::BTreeSet;

use crate::support::{chain, load};
use serde_json::json;
use swanbench_data::{DATASETS, Dataset, Places, find, vocabulary, vocabulary_for};
use swanbench_spec::ComponentConfig;
use tch::Device;

#[test]
fn names_are_unique_and_found() {
    let names: Vec<_> = vocabulary().iter().map(|kind| kind.name).collect();
    assert_eq!(
        names,
        ["mnist-5k", "mnist", "fashion-mnist", "kmnist", "cifar10", "cifar100", "planted"]
    );
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), DATASETS.len());
    assert!(names.iter().all(|name| find(name).is_some_and(|e| (e.kind)().name == *name)));
    assert!(find("imagenet").is_none());
}

#[test]
fn settings_accept_their_own_defaults_and_refuse_unknown_fields() {
    for kind in vocabulary() {
        let defaults = kind.settings.defaults();
        assert_eq!(kind.settings.resolve(&defaults).unwrap(), defaults, "{}", kind.name);
        assert!(kind.settings.resolve(&json!({ "no-such-field": 1 })).is_err(), "{}", kind.name);
    }
}

#[test]
fn what_needs_no_file_is_loaded_and_known_without_any_place() {
    let nowhere = Places::default();
    for name in ["mnist-5k", "planted"] {
        let raw = load(name, &nowhere).unwrap();
        let kinds = vocabulary_for(name, &nowhere).unwrap();
        let kind = kinds.iter().find(|kind| kind.name == name).unwrap();
        assert_eq!((raw.name, &raw.revision), (name, &kind.revision));
    }
    assert!(vocabulary_for("fashion-mnist", &nowhere).is_ok(), "its content is known in advance");
    assert!(vocabulary_for("mnist", &nowhere).is_err());
    assert_eq!(vocabulary_for("imagenet", &nowhere).unwrap().len(), DATASETS.len());
}

#[test]
fn planted_follows_its_settings() {
    let entry = find("planted").unwrap();
    let with = |settings: serde_json::Value| {
        let settings = (entry.kind)().settings.resolve(&settings).unwrap();
        (entry.load)(&ComponentConfig { kind: "planted".to_owned(), settings }, &Places::default())
    };
    let raw = with(json!({ "classes": 3, "side": 5, "train": 60, "test": 30, "seed": 7 })).unwrap();
    assert_eq!((raw.shape, raw.classes), ([1, 5, 5], 3));
    let data = Dataset::prepare(&raw, 0.1, None, Device::Cpu).unwrap();
    assert_eq!(data.train.images.size(), [54, 1, 5, 5]);
    assert_eq!((data.validation.len(), data.test.len()), (6, 30));

    let too_small = with(json!({ "side": 2 })).unwrap_err();
    assert!(chain(&too_small).ends_with("raise `side`"), "{}", chain(&too_small));
}

#[test]
fn settings_of_another_type_are_an_error() {
    let entry = find("planted").unwrap();
    let wrong =
        ComponentConfig { kind: "planted".to_owned(), settings: json!({ "classes": "many" }) };
    let error = (entry.load)(&wrong, &Places::default()).unwrap_err();
    assert!(
        chain(&error).starts_with("these are not settings of the dataset `planted`: invalid type"),
        "{}",
        chain(&error)
    );
}
