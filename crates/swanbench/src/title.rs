//! What a run is called in front of people.

use swanbench_spec::RunSpec;

/// A run in a few words.
pub fn title(run: &RunSpec) -> String {
    let target = run.target.map(|target| format!(" at {}%", percent(target))).unwrap_or_default();
    format!("{}{target}, seed {}", run.label, run.seed)
}

/// Without digits that say nothing: 50, 2.5.
fn percent(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}
