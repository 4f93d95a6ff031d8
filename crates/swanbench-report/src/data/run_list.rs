//! The runs one by one, each with what a reader looks for first.

use std::collections::HashMap;

use polars::prelude::{DataFrame, PolarsResult};
use swanbench_results::columns::DONE;

use crate::data::record::Record;

/// A run and how it ended. What was not measured is none.
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
    /// Reads the frame of `runs.parquet`, which has several rows a run; the order of runs is kept.
    pub(crate) fn all(runs: &DataFrame) -> PolarsResult<Vec<Self>> {
        let mut all: Vec<Self> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in 0..runs.height() {
            let run = Self::read(runs, row)?;
            let place = *places.entry(run.id.clone()).or_insert_with(|| {
                all.push(run.clone());
                all.len() - 1
            });
            // The fine-tuned stage, where there is one, stands behind the raw one.
            if run.test_accuracy.is_some() {
                all[place].test_accuracy = run.test_accuracy;
            }
        }
        Ok(all)
    }

    fn read(runs: &DataFrame, row: usize) -> PolarsResult<Self> {
        let record = Record::of(runs, row);
        let own = record.word("control")?.is_none() && record.number("threshold")?.is_none();
        let is_headline =
            own && record.text("mode")? == "hard" && record.text("statistics")? == "trained";
        let test_accuracy = record.number("test_accuracy")?.filter(|value| value.is_finite());
        Ok(Self {
            id: record.text("run_id")?,
            label: record.text("label")?,
            target: record.number("target_activity")?,
            seed: record.count("seed")?,
            done: record.text("status")? == DONE,
            test_accuracy: test_accuracy.filter(|_| is_headline),
            seconds: record.number("wall_secs")?.filter(|value| value.is_finite()),
            device: record.text("device")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    #[test]
    fn a_run_has_the_accuracy_of_hard_gates_at_its_last_stage() {
        let (hard, trained) = (Some("hard"), Some("trained"));
        let frame = df!(
            "run_id" => ["a", "a", "a", "a", "b"],
            "label" => ["gated", "gated", "gated", "gated", "lost"],
            "target_activity" => [Some(0.5), Some(0.5), Some(0.5), Some(0.5), None],
            "seed" => [7_u64, 7, 7, 7, 8],
            "status" => ["done", "done", "done", "done", "failed"],
            "mode" => [hard, hard, Some("soft"), hard, None],
            "statistics" => [trained, trained, trained, trained, None],
            "control" => [None, None, None, Some("frozen"), None],
            "threshold" => [None::<f64>; 5],
            "test_accuracy" => [Some(0.4), Some(0.9), Some(0.95), Some(0.3), None],
            "wall_secs" => [3.5, 3.5, 3.5, 3.5, 1.0],
            "device" => ["cpu"; 5],
        )
        .expect("columns of one length");
        let expected = Run {
            id: "a".to_owned(),
            label: "gated".to_owned(),
            target: Some(0.5),
            seed: 7,
            done: true,
            test_accuracy: Some(0.9),
            seconds: Some(3.5),
            device: "cpu".to_owned(),
        };
        let all = Run::all(&frame).expect("read");
        assert_eq!(all[0], expected);
        assert_eq!((all.len(), all[1].done, all[1].test_accuracy), (2, false, None));
    }
}
