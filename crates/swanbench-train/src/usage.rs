//! How units and examples were used, as rows of a run's record.

use swanbench_spec::{ExampleUse, SiteUse, Stage};

use crate::evaluate::Examples;

/// A unit that is open on a smaller share of the examples counts as always closed; on more than 1
/// minus this share, as always open. Between them its gate depends on the input.
const RARE: f64 = 0.05;

/// Summarises the use of a site whose units are open at these rates.
pub fn site_use(task_index: u32, stage: Stage, site: &str, rates: &[f64]) -> SiteUse {
    let count = |wanted: &dyn Fn(f64) -> bool| rates.iter().filter(|rate| wanted(**rate)).count();
    let (open, closed) = (count(&|rate| rate > 1.0 - RARE), count(&|rate| rate < RARE));
    let mean = |value: &dyn Fn(f64) -> f64| {
        rates.iter().map(|rate| value(*rate)).sum::<f64>() / rates.len() as f64
    };
    SiteUse {
        task_index,
        stage,
        site: site.to_owned(),
        units: rates.len() as u64,
        always_open: open as u64,
        input_dependent: (rates.len() - open - closed) as u64,
        always_closed: closed as u64,
        activity: mean(&|rate| rate),
        entropy: mean(&entropy),
    }
}

/// Returns how much of what was open `first` is open `now`: rates by site and unit. `None` if
/// nothing was, or if that is not known.
pub fn share_still_open(first: &[Vec<f64>], now: &[Vec<f64>]) -> Option<f64> {
    let pairs = first.iter().flatten().zip(now.iter().flatten());
    let both: f64 = pairs.map(|(first, now)| first.min(*now)).sum();
    let open: f64 = first.iter().flatten().sum();
    (open > 0.0).then(|| both / open)
}

/// Returns the entropy of a gate that is open with this probability, in bits.
fn entropy(rate: f64) -> f64 {
    let term = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    term(rate) + term(1.0 - rate)
}

/// Returns a row per example.
pub fn example_uses(examples: &Examples) -> Vec<ExampleUse> {
    let labels = examples.labels.iter().zip(&examples.predicted);
    let numbers = examples.losses.iter().zip(&examples.unit_flops);
    labels
        .zip(numbers)
        .map(|((&label, &predicted), (&loss, &unit_flops))| ExampleUse {
            label: label as u64,
            predicted: predicted as u64,
            loss,
            unit_flops,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_open_on_5_to_95_percent_depend_on_input() {
        let rates = [0.0, 0.049, 0.05, 0.5, 0.95, 0.951, 1.0, 1.0];
        let used = site_use(1, Stage::Training, "fc1", &rates);
        assert_eq!((used.always_closed, used.input_dependent, used.always_open), (2, 3, 3));
        assert!((used.activity - 4.5 / 8.0).abs() < 1e-12);
    }

    #[test]
    fn what_was_open_counts_as_far_as_it_is_open() {
        let first = [vec![1.0, 0.5], vec![0.5, 0.0]];
        let now = [vec![0.25, 1.0], vec![0.5, 1.0]];
        assert_eq!(share_still_open(&first, &now), Some((0.25 + 0.5 + 0.5) / 2.0));
        assert_eq!(share_still_open(&[], &now), None);
    }

    /// `scipy.stats.entropy([p, 1 - p], base=2)` at 0.5, 0.25 and 1.
    #[test]
    fn entropy_is_in_bits() {
        let used = site_use(1, Stage::Training, "fc1", &[0.5, 0.25, 1.0]);
        assert!((used.entropy - (1.0 + 0.811_278_124_459_132_8) / 3.0).abs() < 1e-12);
    }
}
