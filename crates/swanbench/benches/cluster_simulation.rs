//! What becomes of a sweep on a large cluster: `just bench-cluster` simulates 100,000 runs on 1,000
//! cards, with run times that were measured here, and prints how long the cluster is busy, how well,
//! and what it asks of the server of the shared folder.

#[path = "cluster_simulation/cluster.rs"]
mod cluster;
#[path = "../src/cluster/jobs.rs"]
#[allow(unused_imports, reason = "its tests run elsewhere")]
mod jobs;

use std::{collections::BTreeMap, path::PathBuf};

use clap::Parser;
use cluster::{Outcome, Policy, Run, simulate};
use swanbench_results::Store;

#[derive(Parser)]
struct Options {
    /// Runs of the sweep
    #[arg(long, default_value_t = 100_000)]
    runs: usize,
    /// Cards of the cluster
    #[arg(long, default_value_t = 1000)]
    cards: usize,
    /// Folder of results
    #[arg(long, default_value = "results")]
    results: PathBuf,
    /// The experiment whose run times are taken
    #[arg(long, default_value = "quickstart")]
    name: String,
    /// Mean seconds of a run, to which they are scaled
    #[arg(long, value_delimiter = ',', default_value = "10,60,600")]
    seconds: Vec<f64>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// By what share estimates from a few steps are off at most, cell by cell.
const ESTIMATE_ERROR: f64 = 0.25;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let cells = cells(&options)?;
    println!(
        "{:>5} {:36} {:>7} {:>6} {:>6} {:>8} {:>7} {:>8}",
        "run s", "a job trains", "hours", "ideal", "busy %", "jobs", "ops/run", "peak/s"
    );
    for &seconds in &options.seconds {
        let runs = runs(&cells, options.runs, seconds);
        let estimates = || runs.iter().enumerate().map(|(place, run)| (place, run.estimate));
        for (name, per_job, takes_more) in [
            ("one run", Some(1), false),
            ("its own, 5 to 30 minutes", None, false),
            ("its own, then those of others", None, true),
        ] {
            let jobs = jobs::jobs(estimates().collect(), per_job);
            let policy = Policy { cards: options.cards, takes_more };
            let Outcome { seconds: total, ideal, busy, started, operations, peak } =
                simulate(&runs, jobs.into_iter().map(|job| job.runs).collect(), &policy);
            println!(
                "{seconds:>5} {name:36} {:>7.2} {:>6.2} {:>6.1} {started:>8} {:>7.1} {peak:>8.0}",
                total / 3600.0,
                ideal / 3600.0,
                100.0 * busy,
                operations / runs.len() as f64,
            );
        }
    }
    Ok(())
}

/// Returns the measured seconds of the runs of each cell.
fn cells(options: &Options) -> Result<Vec<Vec<f64>>, Box<dyn std::error::Error>> {
    let results = Store::open(&options.results, &options.name).read_results()?;
    let mut cells: BTreeMap<(&str, Option<u64>), BTreeMap<u64, f64>> = BTreeMap::new();
    for row in &results.runs {
        let cell = (row.run.label.as_str(), row.run.target_activity.map(f64::to_bits));
        cells.entry(cell).or_default().insert(row.run.seed, row.cost.wall_secs);
    }
    Ok(cells.into_values().map(|seeds| seeds.into_values().collect()).collect())
}

/// Returns so many runs, cell by cell, with times like those measured and this mean.
fn runs(cells: &[Vec<f64>], count: usize, mean_seconds: f64) -> Vec<Run> {
    let per_cell = count.div_ceil(cells.len());
    let mut runs: Vec<Run> = cells
        .iter()
        .enumerate()
        .flat_map(|(cell, times)| {
            let mean = times.iter().sum::<f64>() / times.len() as f64;
            // Spread evenly, by the golden ratio.
            let error = (cell as f64 * 0.618_034).fract() * 2.0 - 1.0;
            let estimate = mean * (1.0 + ESTIMATE_ERROR * error);
            times.iter().cycle().take(per_cell).map(move |&seconds| Run { seconds, estimate })
        })
        .take(count)
        .collect();
    let scale = mean_seconds * count as f64 / runs.iter().map(|run| run.seconds).sum::<f64>();
    for run in &mut runs {
        run.seconds *= scale;
        run.estimate *= scale;
    }
    runs
}
