//! The same cells trained by swanbench and by a plain PyTorch script, in turns, two runs at once:
//! runs per hour as a user gets them, start of the program included, and their accuracy.
//!
//! `just bench`, or `cargo bench --bench against_pytorch -- --pairs 5 --python PYTHON`, where
//! `PYTHON` can import torch. Prints a table in Markdown.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use clap::Parser;
use serde_json::Value;
use tempfile::TempDir;

/// Parallel runs, one per seed.
const SEEDS: [u64; 2] = [0, 1];

#[derive(Parser)]
struct Options {
    /// How often each contestant has its turn
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// A Python that can import torch
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Fashion-MNIST's four files, plain or gzipped
    #[arg(long, default_value = "/usr/share/datasets/fashion-mnist")]
    data: PathBuf,
    /// Only these models
    #[arg(long, value_delimiter = ',')]
    models: Vec<String>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// A model and the length of its training: long enough that the program's start hardly counts.
struct Cell {
    model: &'static str,
    limit: u64,
    epochs: u64,
}

const CELLS: [Cell; 3] = [
    Cell { model: "mlp", limit: 60_000, epochs: 5 },
    Cell { model: "lenet5", limit: 10_000, epochs: 3 },
    Cell { model: "resnet20", limit: 1_000, epochs: 8 },
];

#[derive(Clone, Copy)]
enum Contestant {
    Swanbench { method: &'static str },
    Pytorch { tuned: bool },
}

const CONTESTANTS: [(&str, Contestant); 4] = [
    ("PyTorch", Contestant::Pytorch { tuned: false }),
    ("PyTorch, tuned", Contestant::Pytorch { tuned: true }),
    ("swanbench", Contestant::Swanbench { method: "dense" }),
    ("swanbench, SWAN", Contestant::Swanbench { method: "{ kind: swan, gate_rank: 8 }" }),
];

/// One turn: the seconds until all seeds were done, and their accuracies.
struct Turn {
    seconds: f64,
    accuracies: Vec<f64>,
}

fn main() {
    let options = Options::parse();
    println!("| model | trained by | runs per hour | against PyTorch | test accuracy, % |");
    println!("| --- | --- | ---: | ---: | ---: |");
    for cell in CELLS {
        if !options.models.is_empty() && !options.models.iter().any(|name| name == cell.model) {
            continue;
        }
        let mut turns: Vec<Vec<Turn>> = CONTESTANTS.iter().map(|_| Vec::new()).collect();
        for _ in 0..options.pairs {
            for (own, (_, contestant)) in turns.iter_mut().zip(CONTESTANTS) {
                own.push(turn(contestant, &cell, &options));
            }
        }
        for ((name, _), own) in CONTESTANTS.iter().zip(&turns) {
            let ratios = own.iter().zip(&turns[0]).map(|(own, other)| other.seconds / own.seconds);
            let per_hour = own.iter().map(|turn| 3600.0 * SEEDS.len() as f64 / turn.seconds);
            let accuracies = &own[0].accuracies;
            let accuracy = 100.0 * accuracies.iter().sum::<f64>() / accuracies.len() as f64;
            println!(
                "| {} | {name} | {:.0} | {:.2}× | {accuracy:.2} |",
                cell.model,
                median(per_hour),
                median(ratios)
            );
        }
    }
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

fn turn(contestant: Contestant, cell: &Cell, options: &Options) -> Turn {
    let started = Instant::now();
    let accuracies = match contestant {
        Contestant::Swanbench { method } => swanbench(method, cell),
        Contestant::Pytorch { tuned } => pytorch(tuned, cell, options),
    };
    Turn { seconds: started.elapsed().as_secs_f64(), accuracies }
}

fn swanbench(method: &str, cell: &Cell) -> Vec<f64> {
    let folder = TempDir::new().unwrap();
    let Cell { model, limit, epochs } = cell;
    let text = format!(
        "name: cell\n\
         data: {{ kind: fashion-mnist, limit: {limit} }}\n\
         model: {model}\n\
         train: {{ epochs: {epochs}, batch_size: 128, recovery_epochs: 0 }}\n\
         seeds: {SEEDS:?}\n\
         targets: [0.25]\n\
         methods: [{method}]\n"
    );
    std::fs::write(folder.path().join("cell.yaml"), text).unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_swanbench"))
        .args(["sweep", "cell.yaml", "--quiet", "--jobs", &SEEDS.len().to_string()])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(status.success(), "swanbench trains {model}");
    vec![accuracy_in_table(&folder.path().join("plots/cell/table.csv"))]
}

/// Reads the mean over seeds.
fn accuracy_in_table(path: &Path) -> f64 {
    let table = std::fs::read_to_string(path).unwrap();
    let mut lines = table.lines().map(|line| line.split(','));
    let column = lines.next().unwrap().position(|name| name == "test_accuracy").unwrap();
    lines.next().unwrap().nth(column).unwrap().parse().unwrap()
}

fn pytorch(tuned: bool, cell: &Cell, options: &Options) -> Vec<f64> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/pytorch.py");
    let processes: Vec<_> = SEEDS
        .iter()
        .map(|seed| {
            let mut command = Command::new(&options.python);
            command.arg(&script).arg(cell.model).arg("--data").arg(&options.data);
            for (name, value) in
                [("--limit", cell.limit), ("--epochs", cell.epochs), ("--seed", *seed)]
            {
                command.arg(name).arg(value.to_string());
            }
            command.args(tuned.then_some("--tuned")).stdout(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let answer = |process: std::process::Child| -> f64 {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "PyTorch trains {}", cell.model);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        answer["accuracy"].as_f64().unwrap()
    };
    processes.into_iter().map(answer).collect()
}
