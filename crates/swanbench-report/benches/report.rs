//! What a report costs: of one quickstart, and of ten thousand runs, for which the goal is two
//! seconds.

#![allow(missing_docs, reason = "`criterion_group!` writes a public function")]

#[path = "../tests/support/sample_runs.rs"]
mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use support::{quickstart, runs};
use swanbench_report::report;

fn reports(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10);
    let settings = quickstart();
    for seeds in [3, 10_000_u64.div_ceil(settings.len() as u64)] {
        let results = runs(&settings, seeds, &[]);
        let folder = tempfile::tempdir().expect("a temporary folder");
        group.bench_function(format!("{} runs", settings.len() as u64 * seeds), |bencher| {
            bencher.iter(|| report(&results, folder.path()).expect("written"));
        });
    }
}

criterion_group!(benches, reports);
criterion_main!(benches);
