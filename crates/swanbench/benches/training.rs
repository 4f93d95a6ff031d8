//! An epoch of training on 1,280 digits, its validation included, for every method on every small
//! model. Within a model, the ratio to `dense` is what a method's step costs more.

#[path = "../tests/support/training.rs"]
mod training;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use swanbench_methods::METHODS;
use training::{RequestedRun, digits, epoch_times, small_models};

/// Not counted: memory is asked for the first time, kernels are chosen.
const WARM_UP: u32 = 1;

fn epochs(criterion: &mut Criterion) {
    swanbench_torch::prepare_process().unwrap();
    swanbench_torch::prepare_thread().unwrap();
    let data = digits(1423);
    for model in small_models() {
        let mut group = criterion.benchmark_group(model.kind().name);
        group.sample_size(10).measurement_time(Duration::from_secs(5));
        for method in METHODS {
            group.bench_function(method.kind().name, |bencher| {
                bencher.iter_custom(|count| {
                    let epochs = WARM_UP + count as u32;
                    let asked = RequestedRun {
                        width: 1.0,
                        epochs,
                        recovery_epochs: 0,
                        seed: 0,
                        batch_size: 128,
                    };
                    let times = epoch_times(method, model, &data, asked);
                    times[WARM_UP as usize..].iter().sum()
                });
            });
        }
    }
}

criterion_group!(benches, epochs);
criterion_main!(benches);
