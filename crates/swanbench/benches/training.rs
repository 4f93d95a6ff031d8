//! An epoch of training on 1,280 digits, its validation included, for every method on every small
//! model. Within a model, the ratio to `dense` is the extra cost of a method's step.

#![allow(missing_docs, reason = "`criterion_group!` writes a public function")]

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use swanbench_conformance::{RequestedRun, digits, epoch_times, small_models};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;

/// Epochs that are not counted: memory is allocated and kernels are chosen in them.
const WARM_UP: u32 = 1;

fn epochs(criterion: &mut Criterion) {
    swanbench_torch::prepare_process().unwrap();
    swanbench_torch::prepare_thread().unwrap();
    let data = digits(1423);
    for model in small_models(MODELS) {
        let mut group = criterion.benchmark_group(model.info().name);
        group.sample_size(10).measurement_time(Duration::from_secs(5));
        for method in METHODS {
            group.bench_function(method.info().name, |bencher| {
                bencher.iter_custom(|count| {
                    let epochs = WARM_UP + count as u32;
                    let request = RequestedRun {
                        width: 1.0,
                        epochs,
                        recovery_epochs: 0,
                        seed: 0,
                        batch_size: 128,
                    };
                    let times = epoch_times(method, model, &data, request);
                    times[WARM_UP as usize..].iter().sum()
                });
            });
        }
    }
}

criterion_group!(benches, epochs);
criterion_main!(benches);
