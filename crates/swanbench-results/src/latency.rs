//! How long the networks of an experiment take once they are exported.

use swanbench_spec::{ExportedForm, RunSpec, Timing, columns};

use crate::{
    Error, Store,
    checksums::{self, CHECKSUMS_FILE},
    gathered_files::LATENCY_FILE,
    parquet,
    rows::{OfRun, RunRef},
};

columns! {
    /// One timing of an exported network.
    #[derive(Debug, Clone, PartialEq)]
    pub struct TimedNetwork {
        /// As what the network was exported.
        pub form: ExportedForm,
        /// Correct test examples over all, as the file computes them.
        pub test_accuracy: f64,
        /// Mean FLOPs of a test example, deciding the gates included.
        pub unit_flops: f64,
        /// The same over the dense model's.
        pub unit_flops_share: f64,
        /// How long it took.
        pub timing: Timing,
        /// The processor's energy for an image, in microjoules. `None` if it is not known.
        pub energy_uj: Option<f64>,
        /// Why the energy is not known.
        pub energy_reason: Option<String>,
    }
}

columns! {
    /// A timing of a run's network, or why there is none.
    #[derive(Debug, Clone, PartialEq)]
    pub struct NetworkTiming {
        /// The timing. `None` if the network cannot be exported.
        pub network: Option<TimedNetwork>,
        /// Why the network cannot be exported.
        pub reason: Option<String>,
        /// How long networks were timed at each number of images, in seconds.
        pub seconds: f64,
        /// The processor, by its own name.
        pub processor: String,
    }
}

/// A timing of a run's network.
pub type LatencyRow = OfRun<NetworkTiming>;

impl LatencyRow {
    /// Makes the row of a run.
    pub fn of(run: &RunSpec, row: NetworkTiming) -> Self {
        Self { run: RunRef::of(run).into(), row }
    }
}

impl Store {
    /// Reads the timings of the runs of the experiment; none if none were written.
    ///
    /// Returns an error if the file is damaged or lacks a column.
    pub fn latency(&self) -> Result<Vec<LatencyRow>, Error> {
        let path = self.folder().join(LATENCY_FILE);
        if !path.exists() {
            return Ok(Vec::new());
        }
        let content = checksums::read(&path, &self.folder().join(CHECKSUMS_FILE))?;
        parquet::decode(&path, &content)
    }
}
