//! Names of runs and numbers in messages.

use std::time::Duration;

use swanbench_spec::RunSpec;

/// Names a run: `swan at 10%, seed 0`.
pub fn title(run: &RunSpec) -> String {
    title_of(&run.label, run.target, run.seed)
}

/// Names the run of a label, a target if it has one, and a seed.
pub fn title_of(label: &str, target: Option<f64>, seed: u64) -> String {
    let target = target.map(|target| format!(" at {}%", percent(target))).unwrap_or_default();
    format!("{label}{target}, seed {seed}")
}

/// Returns a share in percent, without digits that say nothing: 50, 2.5.
pub fn percent(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}

/// Writes a time in one unit and, above ten seconds, in at least two digits.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        ..100.0 => format!("{seconds:.0} s"),
        ..6000.0 => format!("{:.0} min", seconds / 60.0),
        ..360_000.0 => format!("{:.0} h", seconds / 3600.0),
        _ => format!("{:.0} days", seconds / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_unit() {
        let written = |seconds| duration(Duration::from_secs(seconds));
        let units = [99, 100, 5999, 7200, 360_001].map(written);
        assert_eq!(units, ["99 s", "2 min", "100 min", "2 h", "4 days"]);
    }
}
