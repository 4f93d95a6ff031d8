//! The same cells trained by swanbench and by the best that a user of PyTorch or JAX could pick, in
//! turns, in one thread each: `just bench PYTHON`, where PYTHON can import torch and jax.
//!
//! Prints two tables in Markdown. *Steady state*: seconds of an epoch once everything is warm, beside
//! the machine's own limit, the matrix products and convolutions of the epoch alone. *Whole runs*:
//! from the start of the program to the accuracy on test, of which the table has the mean over turns,
//! each with another seed, and its 95% interval.

#[path = "peers/contestant.rs"]
mod contestant;
#[path = "peers/worker.rs"]
mod worker;

use std::path::PathBuf;

use clap::Parser;
use contestant::{Contestant, Engine};
use swanbench_results::statistics::Summary;

#[derive(Parser)]
struct Options {
    /// How often each contestant has its turn
    #[arg(long, default_value_t = 7)]
    turns: usize,
    /// A Python that can import torch and jax
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Fashion-MNIST's four files, plain or gzipped
    #[arg(long, default_value = "/usr/share/datasets/fashion-mnist")]
    data: PathBuf,
    /// Only these models
    #[arg(long, value_delimiter = ',')]
    models: Vec<String>,
    /// Only steady state
    #[arg(long)]
    steady: bool,
    /// Trains one cell in this process, an epoch for each line of standard input
    #[arg(long, hide = true, num_args = 2)]
    worker: Option<Vec<String>>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// A model and the length of its training.
pub struct Cell {
    /// Its name in our vocabulary and in `peers.py`.
    pub model: &'static str,
    /// Examples, a tenth of them for validation.
    pub limit: u64,
    /// Of a whole run.
    pub epochs: usize,
}

const CELLS: [Cell; 3] = [
    Cell { model: "mlp", limit: 60_000, epochs: 5 },
    Cell { model: "lenet5", limit: 10_000, epochs: 3 },
    Cell { model: "resnet20", limit: 1_000, epochs: 8 },
];
/// Examples per step.
pub const BATCH: usize = 128;
/// Epochs in which memory is allocated, kernels are chosen and graphs are compiled.
const WARM_UP: usize = 2;
/// The machine's own limit, which no contestant reaches.
const LIMIT: &str = "products alone";

fn main() {
    let options = Options::parse();
    if let Some(worker) = &options.worker {
        let cell = CELLS.iter().find(|cell| cell.model == worker[0]).expect("a cell");
        return worker::work(cell, &worker[1]);
    }
    let cells = || {
        let is_wanted = |cell: &&Cell| {
            options.models.is_empty() || options.models.iter().any(|name| name == cell.model)
        };
        CELLS.iter().filter(is_wanted)
    };
    println!("| model | trained by | seconds an epoch | best peer over it | share of the limit |");
    println!("| --- | --- | ---: | ---: | ---: |");
    cells().for_each(|cell| steady_state(cell, &options));
    if options.steady {
        return;
    }
    println!("\n| model | trained by | seconds a run | best peer over it | test accuracy, % |");
    println!("| --- | --- | ---: | ---: | ---: |");
    cells().for_each(|cell| whole_runs(cell, &options));
}

/// Measures an epoch of each contestant once it is warm, in turns.
fn steady_state(cell: &Cell, options: &Options) {
    let engines = Engine::of(cell.model);
    let start =
        |engine: &&Engine| Contestant::start(engine, cell, options.turns + WARM_UP, 0, options);
    let mut running: Vec<Contestant> = engines.iter().map(start).collect();
    let mut seconds = vec![Vec::new(); running.len()];
    for turn in 0..WARM_UP + options.turns {
        for (contestant, own) in running.iter_mut().zip(&mut seconds) {
            let epoch = contestant.epoch();
            if turn >= WARM_UP {
                own.push(epoch);
            }
        }
    }
    for contestant in running {
        contestant.finish();
    }
    let limit = engines.iter().position(|engine| engine.name == LIMIT);
    let limit = &seconds[limit.expect("a contestant")];
    for (engine, own) in engines.iter().zip(&seconds) {
        println!(
            "| {} | {} | {:.3} | {:.2}× | {:.0}% |",
            cell.model,
            engine.name,
            median(own.iter().copied()),
            median_ratio(best_peer(&engines, &seconds), own),
            100.0 * median_ratio(limit, own),
        );
    }
}

/// Measures runs from the start of the program to its end, in turns.
fn whole_runs(cell: &Cell, options: &Options) {
    let mut engines = Engine::of(cell.model);
    engines.retain(|engine| engine.name != LIMIT);
    let mut seconds = vec![Vec::new(); engines.len()];
    let mut accuracies = seconds.clone();
    for seed in 0..options.turns {
        for (place, engine) in engines.iter().enumerate() {
            let started = std::time::Instant::now();
            let mut contestant = Contestant::start(engine, cell, cell.epochs, seed, options);
            for _ in 0..cell.epochs {
                contestant.epoch();
            }
            accuracies[place].push(100.0 * contestant.finish());
            seconds[place].push(started.elapsed().as_secs_f64());
        }
    }
    for (place, engine) in engines.iter().enumerate() {
        let own = &seconds[place];
        let Summary { mean, half_width, .. } = Summary::of(&accuracies[place]);
        println!(
            "| {} | {} | {:.2} | {:.2}× | {mean:.2} ± {:.2} |",
            cell.model,
            engine.name,
            median(own.iter().copied()),
            median_ratio(best_peer(&engines, &seconds), own),
            half_width.unwrap_or(f64::NAN),
        );
    }
}

/// Returns the seconds of the contestant that is not ours and has the least median.
fn best_peer<'a>(engines: &[&Engine], seconds: &'a [Vec<f64>]) -> &'a [f64] {
    let peers = engines.iter().zip(seconds).filter(|(engine, _)| engine.is_peer);
    let of_all = |own: &[f64]| median(own.iter().copied());
    let best = peers.min_by(|(_, one), (_, other)| of_all(one).total_cmp(&of_all(other)));
    best.map(|(_, own)| own.as_slice()).expect("a peer")
}

/// Returns the median over turns of the ratio of two times.
fn median_ratio(one: &[f64], other: &[f64]) -> f64 {
    median(one.iter().zip(other).map(|(one, other)| one / other))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}
