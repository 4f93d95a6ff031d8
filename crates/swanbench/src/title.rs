//! The names of runs in messages.

use swanbench_spec::RunSpec;

/// Names a run: `swan at 10%, seed 0`.
pub fn title(run: &RunSpec) -> String {
    let target = run.target.map(|target| format!(" at {}%", percent(target))).unwrap_or_default();
    format!("{}{target}, seed {}", run.label, run.seed)
}

/// Returns a share in percent, without digits that say nothing: 50, 2.5.
pub fn percent(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}
