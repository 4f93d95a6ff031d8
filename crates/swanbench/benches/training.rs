//! One run of one epoch on 600 digits, for every method on every small model: training, and the
//! evaluations that belong to it.

#[path = "../tests/support/training.rs"]
mod training;

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use swanbench_methods::METHODS;
use training::{Asked, digits, small_models, trained};

fn epochs(criterion: &mut Criterion) {
    swanbench_torch::prepare_process().unwrap();
    swanbench_torch::prepare_thread().unwrap();
    let data = digits(667);
    let asked = Asked { width: 0.5, epochs: 1, recovery_epochs: 0, seed: 0 };
    for model in small_models() {
        let mut group = criterion.benchmark_group(model.kind().name);
        group.sample_size(10).measurement_time(Duration::from_secs(5));
        for method in METHODS {
            group.bench_function(method.kind().name, |bencher| {
                bencher.iter(|| black_box(trained(method, model, &data, asked)));
            });
        }
    }
}

criterion_group!(benches, epochs);
criterion_main!(benches);
