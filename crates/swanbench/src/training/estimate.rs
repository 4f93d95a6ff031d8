//! Estimates how long a sweep takes and how much it computes, from a few steps of every method.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Context;
use swanbench_spec::{Epoch, RunSpec};
use swanbench_train::{Next, Observer};

use super::{
    devices::{DevicePool, DeviceSlot},
    single_run::train_on,
};

/// Batches per epoch of the measurement.
const BATCHES: i64 = 4;
/// Epochs of the measurement; the first is not counted, in which memory is allocated and kernels
/// are chosen.
const EPOCHS: u32 = 3;

/// The cost of training a run.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    /// Of training, without the evaluations at the end.
    pub time: Duration,
    /// Of training and recovery.
    pub train_flops: f64,
}

/// Measures a run of each label and width on a few batches, and returns the cost of each of `runs`.
///
/// Returns an error if a measured run fails.
pub fn estimates(runs: &[&RunSpec], devices: &DevicePool) -> anyhow::Result<Vec<Estimate>> {
    let slot = devices.acquire();
    let mut measured: BTreeMap<(String, u64), PerExample> = BTreeMap::new();
    let mut all = Vec::with_capacity(runs.len());
    for run in runs {
        // What a target changes in the cost of training is the width, if anything.
        let width = if run.shape.is_some() { run.target.unwrap_or(1.0) } else { run.width };
        let key = (run.label.clone(), width.to_bits());
        let per_example = match measured.get(&key) {
            Some(per_example) => *per_example,
            None => *measured.entry(key).or_insert(measure(run, &slot)?),
        };
        let examples = slot.data.train.len() as f64 * f64::from(run.epochs());
        all.push(Estimate {
            time: Duration::from_secs_f64(per_example.seconds * examples),
            train_flops: per_example.flops * examples,
        });
    }
    Ok(all)
}

/// The cost of training per example and epoch.
#[derive(Clone, Copy)]
struct PerExample {
    seconds: f64,
    flops: f64,
}

fn measure(run: &RunSpec, slot: &DeviceSlot<'_>) -> anyhow::Result<PerExample> {
    let mut short = run.clone();
    short.train.epochs = EPOCHS;
    short.train.recovery_epochs = 0;
    short.phases.clear();
    // What a step costs does not depend on its size, and none so small can diverge.
    short.train.learning_rate = f64::MIN_POSITIVE;
    let data = slot.data.first(BATCHES * i64::from(run.train.batch_size));
    let examples = data.train.len() as f64;
    let mut clock = Clock { last: Instant::now(), shortest: Duration::MAX };
    let record = train_on(&short, slot, data, None, None, &mut clock)
        .with_context(|| format!("cannot measure `{}`", run.label))?;
    Ok(PerExample {
        seconds: clock.shortest.as_secs_f64() / examples,
        flops: record.train_flops / (examples * f64::from(EPOCHS)),
    })
}

/// Measures the shortest epoch after the first.
struct Clock {
    last: Instant,
    shortest: Duration,
}

impl Observer for Clock {
    fn epoch(&mut self, epoch: &Epoch) -> Next {
        if epoch.epoch > 1 {
            self.shortest = self.shortest.min(self.last.elapsed());
        }
        self.last = Instant::now();
        Next::Continue
    }
}
