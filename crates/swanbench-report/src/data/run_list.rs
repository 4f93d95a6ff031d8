//! The runs one by one, each with what a reader looks for first.

use swanbench_results::RunRow;

/// A run and how it ended. `None` for what was not measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub id: String,
    pub label: String,
    pub target: Option<f64>,
    pub seed: u64,
    pub done: bool,
    /// Of hard gates at the last stage, in `[0, 1]`.
    pub test_accuracy: Option<f64>,
    pub seconds: Option<f64>,
    pub device: String,
}

impl Run {
    /// Lists the runs in their order; each has several rows, one after the other.
    pub(crate) fn all(runs: &[RunRow]) -> Vec<Self> {
        let of_run = runs.chunk_by(|one, other| one.run.run_id == other.run.run_id);
        of_run.map(Self::of).collect()
    }

    fn of(rows: &[RunRow]) -> Self {
        let RunRow { run, cost, .. } = &rows[0];
        let evaluations = rows.iter().filter_map(|row| row.evaluation.as_ref());
        let headline = evaluations.filter(|row| row.conditions.is_headline());
        // A later stage comes after the earlier ones.
        let test_accuracy = headline.map(|row| row.test_accuracy).rfind(|value| value.is_finite());
        Self {
            id: run.run_id.clone(),
            label: run.label.clone(),
            target: run.target_activity,
            seed: run.seed,
            done: rows[0].evaluation.is_some(),
            test_accuracy,
            seconds: Some(cost.wall_secs).filter(|value| value.is_finite()),
            device: cost.machine.device.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use swanbench_results::samples::{done, evaluation, failed, run};
    use swanbench_spec::{Conditions, Control, Mode, Stage};

    use super::*;

    #[test]
    fn a_run_has_the_accuracy_of_its_last_headline() {
        let [raw, tuned] = [Stage::Training, Stage::Recovery];
        let tuned = Conditions::headline(1, tuned);
        let accuracies = [
            (Conditions::headline(1, raw), 0.4),
            (tuned, 0.9),
            (Conditions { mode: Mode::Soft, ..tuned }, 0.95),
            (Conditions { control: Some(Control::Frozen), ..tuned }, 0.3),
        ];
        let gated = run("gated", Some(0.5), 7);
        let mut rows: Vec<RunRow> = accuracies
            .map(|(conditions, accuracy)| {
                done(gated.clone(), evaluation(conditions, accuracy, 0.5))
            })
            .into();
        rows.push(failed(run("lost", None, 8)));
        let expected = Run {
            id: gated.run_id.clone(),
            label: "gated".to_owned(),
            target: Some(0.5),
            seed: 7,
            done: true,
            test_accuracy: Some(0.9),
            seconds: Some(3.0),
            device: "cpu".to_owned(),
        };
        let all = Run::all(&rows);
        assert_eq!(all[0], expected);
        assert_eq!((all.len(), all[1].done, all[1].test_accuracy), (2, false, None));
    }
}
