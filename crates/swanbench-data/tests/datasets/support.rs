//! Small datasets in temporary folders.

use std::{error::Error, fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};
use swanbench_data::{DataDirs, DataError, RawDataset, lookup};
use swanbench_spec::ComponentConfig;

/// Loads a dataset with its default settings.
pub fn load(name: &str, dirs: &DataDirs) -> Result<RawDataset, DataError> {
    load_with(name, &serde_json::json!({}), dirs)
}

/// Loads a dataset with settings.
pub fn load_with(
    name: &str,
    settings: &serde_json::Value,
    dirs: &DataDirs,
) -> Result<RawDataset, DataError> {
    let dataset = lookup(name)?;
    let settings = dataset.info().settings.resolve(settings).unwrap();
    dataset.load(&ComponentConfig::new(name, settings), dirs)
}

/// Returns only the given folder: no cache, no system.
pub fn only(folder: &Path) -> DataDirs {
    DataDirs { data_dir: Some(folder.to_owned()), ..DataDirs::default() }
}

/// Joins the messages of an error and all its causes, as the command prints them.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Makes an IDX file of unsigned bytes.
pub fn idx(dimensions: &[u32], elements: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    for length in dimensions {
        bytes.extend(length.to_be_bytes());
    }
    bytes.extend(elements);
    bytes
}

/// Packs bytes as gzip does.
pub fn gz(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// Makes the four files of a set in MNIST's format: 20 + 10 images, two and one of each class,
/// whose pixels are all ten times their label.
pub fn idx_set() -> [(&'static str, Vec<u8>); 4] {
    let labels = |count: u8| (0..count).map(|example| example % 10).collect::<Vec<u8>>();
    let images = |count: u8| {
        let pixels: Vec<u8> =
            labels(count).into_iter().flat_map(|label| [label * 10; 784]).collect();
        idx(&[count.into(), 28, 28], &pixels)
    };
    [
        ("train-images-idx3-ubyte", images(20)),
        ("train-labels-idx1-ubyte", idx(&[20], &labels(20))),
        ("t10k-images-idx3-ubyte", images(10)),
        ("t10k-labels-idx1-ubyte", idx(&[10], &labels(10))),
    ]
}

/// Writes files into a new folder.
pub fn write<N: AsRef<str>>(folder: &Path, files: impl IntoIterator<Item = (N, Vec<u8>)>) {
    fs::create_dir_all(folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name.as_ref()), bytes).unwrap();
    }
}
