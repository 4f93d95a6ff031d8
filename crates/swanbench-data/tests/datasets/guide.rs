//! The guide to a new dataset: its example is compiled and works outside the crate.

use crate::support::{gz, idx_set, write};
use serde_json::json;
use stripes::Stripes;
use swanbench_data::{
    DataDirs, Dataset, DatasetDef, DatasetStatus, Download, FileSet, IDX_FILES, IdxDataset,
    IdxImages, Packed, Split, fetch, verify,
};
use swanbench_spec::ComponentConfig;
use tch::Device;
use tempfile::tempdir;

#[path = "../guide/stripes.rs"]
mod stripes;

fn config(dataset: &dyn DatasetDef, settings: &serde_json::Value) -> ComponentConfig {
    let info = dataset.info();
    let settings = info.settings.resolve(settings).unwrap();
    ComponentConfig { kind: info.name.to_owned(), settings }
}

#[test]
fn the_guide_shows_the_example_as_it_is() {
    let guide = include_str!("../../../README.md");
    let code = include_str!("../guide/stripes.rs");
    assert!(guide.contains(&format!("```rust\n{code}```\n")));
}

#[test]
fn a_dataset_of_another_crate_is_prepared() {
    let dirs = DataDirs::default();
    assert_eq!(fetch(&Stripes, &dirs, &mut ()).unwrap(), DatasetStatus::BuiltIn);
    let raw = Stripes.load(&config(&Stripes, &json!({ "train": 60 })), &dirs).unwrap();
    assert_eq!(raw.revision, verify(&Stripes, &dirs).unwrap().revision);
    let data = Dataset::prepare(&raw, 0.1, None, Device::Cpu).unwrap();
    assert_eq!([&data.train, &data.validation, &data.test].map(Split::len), [54, 6, 100]);
    assert_eq!(data.train.images.size(), [54, 1, 8, 8]);
    assert!(Stripes.info().settings.resolve(&json!({ "examples": 3 })).is_err());
}

#[test]
fn a_file_set_of_another_crate_is_read() {
    const FILES: FileSet = FileSet {
        name: "digits",
        summary: "",
        source: "",
        subfolders: &["digits"],
        debian_package: None,
        files: IDX_FILES,
        sha256: None,
        only_published: false,
        mirrors: &[],
        download: Download::Gzip(&[Packed::new(1, ""); 4]),
    };
    let images = IdxImages { size: [28, 28], classes: 10 };
    let digits = IdxDataset { files: FILES, images };
    let folder = tempdir().unwrap();
    let files = idx_set().map(|(name, bytes)| (format!("{name}.gz"), gz(&bytes)));
    write(&folder.path().join("digits"), files);
    let dirs = DataDirs { cache: Some(folder.path().to_owned()), ..DataDirs::default() };
    let raw = digits.load(&config(&digits, &json!({})), &dirs).unwrap();
    assert_eq!((raw.name, raw.train.labels.len()), ("digits", 20));
    assert_eq!(raw.revision, digits.checksum(&dirs).unwrap());
}
