//! `swanbench runs`: the runs of an experiment and their states.

use std::time::SystemTime;

use swanbench_results::{Listed, RunState, Store};

use crate::{
    arguments::Runs,
    exit::{CommandError, ExitCodeExt},
    output,
    seeds::{SeedState, cell_lines},
    title::{duration, title},
};

/// Prints one line per cell, or with `--long` one line per run.
pub fn run(arguments: &Runs) -> Result<(), CommandError> {
    let store = Store::open(&arguments.results, &arguments.name);
    let mut runs = store.list().bad_input()?;
    runs.sort_by(by_cell);
    let lines = if arguments.long {
        let now = SystemTime::now();
        let line = |run| Ok(long_line(run, store.device(run).bad_input()?, now));
        runs.iter().map(line).collect::<Result<_, CommandError>>()?
    } else {
        short_lines(&runs)
    };
    for line in lines {
        output::line(format_args!("{line}"));
    }
    let done = runs.iter().filter(|run| run.state == RunState::Done).count();
    output::line(format_args!("{} runs, {done} done", runs.len()));
    Ok(())
}

/// Orders runs by label, falling target and seed; those whose label is unknown come last.
fn by_cell(one: &Listed, other: &Listed) -> std::cmp::Ordering {
    match (&one.run, &other.run) {
        (Some(one), Some(other)) => {
            let target = |target: Option<f64>| target.unwrap_or(f64::INFINITY);
            (one.label.cmp(&other.label))
                .then_with(|| target(other.target).total_cmp(&target(one.target)))
                .then_with(|| one.seed.cmp(&other.seed))
        }
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}

/// Writes one line per cell, and one for each run that is known by its id only: a run tells its
/// label when it ends.
fn short_lines(runs: &[Listed]) -> Vec<String> {
    let known = runs.iter().filter_map(|listed| {
        let run = listed.run.as_ref()?;
        let state = state(&listed.state);
        Some(SeedState { label: &run.label, target: run.target, seed: run.seed, state })
    });
    let unknown = runs.iter().filter(|listed| listed.run.is_none());
    let unknown = unknown.map(|listed| format!("{}  {}", listed.id, state(&listed.state)));
    cell_lines(&known.collect::<Vec<_>>()).into_iter().chain(unknown).collect()
}

fn long_line(listed: &Listed, device: Option<String>, now: SystemTime) -> String {
    let Listed { id, run, state, changed, bytes } = listed;
    let age = duration(now.duration_since(*changed).unwrap_or_default());
    let kilobytes = *bytes as f64 / 1e3;
    let name = run.as_ref().map(title).unwrap_or_default();
    let device = device.unwrap_or_default();
    let reason = match state {
        RunState::Failed(reason) => format!(": {reason}"),
        _ => String::new(),
    };
    let word = word(state);
    let line = format!("{id}  {word:11}  {age:>7} ago  {kilobytes:>8.1} kB  {device:12}  {name}");
    format!("{line}{reason}").trim_end().to_owned()
}

fn state(state: &RunState) -> String {
    match state {
        RunState::Failed(reason) => format!("failed: {reason}"),
        state => word(state).to_owned(),
    }
}

fn word(state: &RunState) -> &'static str {
    match state {
        RunState::Done => "done",
        RunState::Damaged => "damaged",
        RunState::Failed(_) => "failed",
        RunState::InProgress => "in progress",
        RunState::Interrupted => "interrupted",
    }
}
