//! Numbers of a paper next to our own.

use swanbench_spec::Published;

use crate::{
    Results,
    headline::{Headline, last_task},
    rows::RunRow,
    statistics::Summary,
};

/// A published number, and ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The number of the paper.
    pub published: Published,
    /// Ours, over seeds. `None` if the experiment has none.
    pub ours: Option<Summary>,
}

/// Whether our number is one that the paper's words allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The 95% interval over seeds, or the one seed's number, reaches what the paper says.
    Agrees,
    /// Neither the interval nor the one number reaches it.
    Disagrees,
}

impl Comparison {
    /// Returns how far our mean lies from what the paper says: negative below, 0 within. `None` if
    /// there is no number, or no bound for it.
    pub fn difference(&self) -> Option<f64> {
        let Published { at_least, at_most, .. } = self.published;
        if at_least.is_none() && at_most.is_none() {
            return None;
        }
        let mean = self.ours?.mean;
        let below = at_least.map_or(0.0, |least| (mean - least).min(0.0));
        let above = at_most.map_or(0.0, |most| (mean - most).max(0.0));
        Some(below + above)
    }

    /// Judges our number. `None` as for [`difference`](Self::difference).
    pub fn verdict(&self) -> Option<Verdict> {
        let difference = self.difference()?;
        let error = self.ours?.half_width.unwrap_or(0.0);
        Some(if difference.abs() <= error { Verdict::Agrees } else { Verdict::Disagrees })
    }
}

/// Finds our number for each published one, in their order.
pub fn compare(results: &Results, published: &[Published]) -> Vec<Comparison> {
    let headline = Headline::of_runs(&results.runs, last_task(&results.runs));
    let all = published.iter().map(|published| {
        let values = values(&results.runs, published, &headline);
        let ours = Some(Summary::of(&values)).filter(|summary| summary.mean.is_finite());
        Comparison { published: published.clone(), ours }
    });
    all.collect()
}

/// Returns a value per seed of the cell that `published` names: at the last stage if it names none.
fn values(runs: &[RunRow], published: &Published, headline: &Headline) -> Vec<f64> {
    let Some(label) = published.label.as_deref() else { return Vec::new() };
    let is_own = |row: &&RunRow| {
        let Some(evaluation) = &row.evaluation else { return false };
        row.run.label == label
            && (published.target.is_none() || row.run.target_activity == published.target)
            && headline.holds_at(label, &evaluation.conditions, published.stage)
    };
    runs.iter().filter(is_own).filter_map(|row| row.metric(published.metric)).collect()
}

#[cfg(test)]
mod tests {
    use swanbench_spec::{Conditions, Stage};

    use super::*;
    use crate::samples::{done, evaluation, run};

    #[test]
    fn the_interval_decides_whether_numbers_agree() {
        let of = |at_least, at_most, ours: &[f64]| {
            let published = Published { at_least, at_most, ..Published::default() };
            let ours = (!ours.is_empty()).then(|| Summary::of(ours));
            let comparison = Comparison { published, ours };
            (comparison.difference().map(|by| (100.0 * by).round()), comparison.verdict())
        };
        let (agrees, disagrees) = (Some(Verdict::Agrees), Some(Verdict::Disagrees));
        assert_eq!(of(Some(0.9), None, &[0.95]), (Some(0.0), agrees));
        assert_eq!(of(Some(0.9), None, &[0.85]), (Some(-5.0), disagrees));
        // With n = 2 the quantile is 12.7: 0.85 +- 0.64.
        assert_eq!(of(Some(0.9), None, &[0.8, 0.9]), (Some(-5.0), agrees));
        assert_eq!(of(Some(0.1), Some(0.2), &[0.3]), (Some(10.0), disagrees));
        assert_eq!(of(None, None, &[0.3]), (None, None));
        assert_eq!(of(Some(0.9), None, &[]), (None, None));
    }

    #[test]
    fn a_published_number_names_its_cell() {
        let stages = [Stage::Training, Stage::Recovery];
        let runs: Vec<RunRow> = [(0.1, [0.2, 0.8]), (0.1, [0.4, 0.9]), (0.5, [0.7, 0.95])]
            .into_iter()
            .flat_map(|(target, accuracies)| {
                stages.into_iter().zip(accuracies).map(move |(stage, accuracy)| {
                    let conditions = Conditions::headline(1, stage);
                    done(run("pruned", Some(target), 0), evaluation(conditions, accuracy, target))
                })
            })
            .collect();
        let values = |published: &Published| values(&runs, published, &Headline::of_runs(&runs, 1));
        let published = Published {
            label: Some("pruned".to_owned()),
            target: Some(0.1),
            ..Published::default()
        };
        assert_eq!(values(&published), [0.8, 0.9]);
        let raw = Published { stage: Some(Stage::Training), ..published.clone() };
        assert_eq!(values(&raw), [0.2, 0.4]);
        assert!(values(&Published { label: None, ..published }).is_empty());
    }
}
