//! Trains any method on any model with a few real digits, without the command.

use swanbench_core::{MethodEntry, Model, ModelEntry, Plan};
use swanbench_data::{Dataset, Places, find};
use swanbench_spec::{Choice, Epoch, Kind, RunRecord, RunSpec, Train};
use swanbench_torch::Device;
use swanbench_train::{Job, Observer, train};

/// The share of units that methods are asked to keep.
pub const TARGET: f64 = 0.25;

struct Silent;

impl Observer for Silent {
    fn epoch(&mut self, _: &Epoch) {}
}

/// 600 real digits for training.
pub fn digits() -> Dataset {
    let entry = find("mnist-5k").unwrap();
    let choice = defaults(&(entry.kind)());
    let raw = (entry.load)(&choice, &Places::default()).unwrap();
    Dataset::prepare(&raw, 0.1, Some(667), Device::Cpu).unwrap()
}

/// A kind with no setting written.
pub fn defaults(kind: &Kind) -> Choice {
    Choice { kind: kind.name.to_owned(), settings: kind.settings.defaults() }
}

fn run_spec(
    method: &Kind,
    model: &Kind,
    seed: u64,
    [epochs, recovery_epochs]: [u32; 2],
) -> RunSpec {
    RunSpec {
        id: String::new(),
        label: method.name.to_owned(),
        data: Choice { kind: "mnist-5k".to_owned(), settings: serde_json::json!({}) },
        limit: Some(667),
        validation: 0.1,
        model: defaults(model),
        model_width: 0.5,
        train: Train { epochs, recovery_epochs, batch_size: 32, ..Train::default() },
        method: defaults(method),
        target: method.takes_target.then_some(TARGET),
        width: 1.0,
        seed,
    }
}

/// Trains one run to its end.
pub fn trained(
    method: &MethodEntry,
    model: &ModelEntry,
    data: &Dataset,
    seed: u64,
    epochs: [u32; 2],
) -> RunRecord {
    let run = run_spec(&method.kind(), &model.kind(), seed, epochs);
    let build = || -> Box<dyn Model> {
        let plan = Plan::new(data.shape, data.classes, run.model_width);
        model.build(&run.model, plan).unwrap()
    };
    let reference = build();
    let job = Job {
        run: &run,
        data: data.share(),
        model: build(),
        reference: reference.map(),
        method: method.build(&run.method, run.target.unwrap_or(1.0)).unwrap(),
        device: Device::Cpu,
    };
    train(job, &mut Silent).unwrap()
}
