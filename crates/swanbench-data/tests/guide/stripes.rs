//! Horizontal and vertical stripes of different brightness.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_data::{DataDirs, DataError, DatasetDef, Pixels, RawDataset, RawSplit};
use swanbench_spec::{ComponentConfig, ComponentInfo, SettingsType};

const NAME: &str = "stripes";
const REVISION: &str = "1";

#[derive(Debug)]
pub struct Stripes;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Examples to train and validate on.
    #[schemars(range(min = 4, max = 10_000))]
    train: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { train: 200 }
    }
}

impl DatasetDef for Stripes {
    fn info(&self) -> ComponentInfo {
        ComponentInfo {
            name: NAME,
            summary: "generated: horizontal and vertical stripes, 8x8 grey, 2 classes",
            source: "the guide in crates/README.md",
            revision: REVISION.to_owned(),
            takes_target: false,
            settings: SettingsType::of::<Settings>(),
        }
    }

    fn load(&self, config: &ComponentConfig, _: &DataDirs) -> Result<RawDataset, DataError> {
        let settings: Settings =
            config.typed().map_err(|source| DataError::Settings { dataset: NAME, source })?;
        let (train, test) = (stripes(settings.train), stripes(100));
        Ok(RawDataset::new(NAME, REVISION.to_owned(), [1, 8, 8], 2, train, test))
    }
}

fn stripes(count: usize) -> RawSplit {
    let pixel = |example: usize, at: usize| {
        let line = if example.is_multiple_of(2) { at / 8 } else { at % 8 };
        if line.is_multiple_of(2) { 0 } else { 100 + (example % 100) as u8 }
    };
    let pixels = (0..count * 64).map(|at| pixel(at / 64, at % 64));
    let labels = (0..count).map(|example| (example % 2) as u8);
    RawSplit { images: Pixels::Bytes(pixels.collect()), labels: labels.collect() }
}
