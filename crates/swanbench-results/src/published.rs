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

/// Finds our number for each published one, in the order of the experiment.
pub fn compare(results: &Results) -> Vec<Comparison> {
    let headline = Headline::of_runs(&results.runs, last_task(&results.runs));
    let all = results.about.published.iter().map(|published| {
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
