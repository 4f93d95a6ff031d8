//! One run of one epoch on 600 digits, for every method on every small model: training, and the
//! evaluations that belong to it.

#[path = "../tests/support/training.rs"]
mod training;

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use training::{digits, trained};

fn epochs(criterion: &mut Criterion) {
    swanbench_torch::prepare_process().unwrap();
    swanbench_torch::prepare_thread().unwrap();
    let data = digits();
    for model in MODELS {
        let mut group = criterion.benchmark_group(model.kind().name);
        group.sample_size(10).measurement_time(Duration::from_secs(5));
        for method in METHODS {
            group.bench_function(method.kind().name, |bencher| {
                bencher.iter(|| black_box(trained(method, model, &data, 0, [1, 0])));
            });
        }
    }
}

criterion_group!(benches, epochs);
criterion_main!(benches);
