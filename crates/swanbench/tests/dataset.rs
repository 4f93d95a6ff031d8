//! A dataset of another crate, the guide's example, is trained on.

#[path = "../../swanbench-data/tests/guide/stripes.rs"]
mod stripes;

use stripes::Stripes;
use swanbench_conformance::{RequestedRun, defaults, trained};
use swanbench_data::{DataDirs, Dataset, DatasetDef};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_torch::Device;

#[test]
fn dense_trains_on_the_guide_s_dataset() {
    let raw = Stripes.load(&defaults(&Stripes.info()), &DataDirs::default()).unwrap();
    let data = Dataset::prepare(&raw, 0.1, None, Device::Cpu).unwrap();
    let dense = METHODS.iter().find(|method| method.info().name == "dense").unwrap();
    let mlp = MODELS.iter().find(|model| model.info().name == "mlp").unwrap();
    let run = RequestedRun { width: 0.5, epochs: 1, recovery_epochs: 0, seed: 0, batch_size: 16 };
    let record = trained(dense, mlp, &data, run);
    let accuracies: Vec<_> = record.evaluations.iter().map(|row| row.test_accuracy).collect();
    assert!(accuracies.iter().all(|accuracy| *accuracy > 0.9), "{accuracies:?}");
}
