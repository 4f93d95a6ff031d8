//! How long exported networks take, and how that is measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{columns, words};

/// How networks are timed once all runs of an experiment are trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Latency {
    /// Images that are computed at once. Each number is timed on its own.
    #[schemars(length(min = 1), inner(range(min = 1, max = 4096)), extend("uniqueItems" = true))]
    pub batch: Vec<u32>,
    /// Threads that share the images of a batch; at most the processor's.
    #[schemars(range(min = 1, max = 1024))]
    pub threads: u32,
    /// How long each network is timed for each number and group of images, on average.
    #[schemars(extend("exclusiveMinimum" = 0.0), range(max = 3600.0))]
    pub seconds: f64,
}

impl Default for Latency {
    fn default() -> Self {
        Self { batch: vec![1, 64], threads: 1, seconds: 0.5 }
    }
}

/// What became of gates that depend on the example when a network was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportedForm {
    /// They are decided for each example.
    Gated,
    /// There are none: units that are open for many examples are open for all.
    Compact,
}

/// What computed a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// libtorch, on the CPU.
    Libtorch,
    /// The engine of exported networks.
    SwanbenchInfer,
}

/// The test images that were timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageGroup {
    /// Any of them.
    All,
    /// Those of the tenth with the least loss of the dense network.
    EasiestTenth,
    /// Those of the tenth with the greatest loss of the dense network.
    HardestTenth,
}

words!(ExportedForm, Engine, ImageGroup);

columns! {
    /// How long a network took for batches of images, in turns with others.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct Timing {
        /// What computed it.
        pub engine: Engine,
        /// Which images.
        pub images: ImageGroup,
        /// Images that were computed at once.
        pub batch: u32,
        /// Threads that shared them.
        pub threads: u32,
        /// The median time of a batch, in microseconds.
        pub p50_us: f64,
        /// The time below which 95% of the batches stayed, in microseconds.
        pub p95_us: f64,
        /// Over all batches.
        pub images_per_sec: f64,
        /// The dense network's FLOPs over its own.
        pub theoretical_speedup: f64,
        /// The median time of the dense network in libtorch over its own.
        pub realised_speedup: f64,
        /// The realised one over the theoretical.
        pub ratio: f64,
    }
}
