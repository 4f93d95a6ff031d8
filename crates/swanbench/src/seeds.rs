//! The states of runs, one line per cell: all seeds of one label and target.

use std::fmt::Write as _;

use crate::title::percent;

/// A run of a cell, and its state in words, such as `done`.
pub struct SeedState<'a> {
    pub label: &'a str,
    pub target: Option<f64>,
    pub seed: u64,
    pub state: String,
}

/// Writes one line per cell, for runs that are sorted by cell:
/// `swan  target 10%  seeds 0, 1 done; 2 failed: the loss is not a number`.
pub fn cell_lines(runs: &[SeedState<'_>]) -> Vec<String> {
    let label_width = runs.iter().map(|run| run.label.chars().count()).max().unwrap_or(0);
    let target_width = runs.iter().map(|run| target(run).len()).max().unwrap_or(0);
    let cells = runs.chunk_by(|one, other| one.label == other.label && one.target == other.target);
    let line = |cell: &[SeedState<'_>]| {
        let noun = if cell.len() == 1 { "seed" } else { "seeds" };
        let (label, target) = (cell[0].label, target(&cell[0]));
        format!("{label:label_width$}  {target:target_width$}  {noun} {}", states(cell))
    };
    cells.map(line).collect()
}

fn target(run: &SeedState<'_>) -> String {
    run.target.map(|target| format!("target {}%", percent(target))).unwrap_or_default()
}

/// Writes the state of each seed, once for neighbours with equal ones.
fn states(cell: &[SeedState<'_>]) -> String {
    let mut text = String::new();
    for equal in cell.chunk_by(|one, other| one.state == other.state) {
        let seeds: Vec<String> = equal.iter().map(|run| run.seed.to_string()).collect();
        let separator = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{separator}{} {}", seeds.join(", "), equal[0].state);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_one_line_with_the_states_of_its_seeds() {
        let run = |label, target, seed, state: &str| SeedState {
            label,
            target,
            seed,
            state: state.to_owned(),
        };
        let lines = cell_lines(&[
            run("whole", None, 0, "done"),
            run("thin", Some(0.1), 0, "done"),
            run("thin", Some(0.1), 1, "done"),
            run("thin", Some(0.1), 2, "failed: no memory"),
            run("thin", Some(0.025), 0, "in progress"),
        ]);
        let expected = [
            "whole               seed 0 done",
            "thin   target 10%   seeds 0, 1 done; 2 failed: no memory",
            "thin   target 2.5%  seed 0 in progress",
        ];
        assert_eq!(lines, expected);
    }
}
