//! Numbers of a paper beside our own.

use polars::prelude::{DataFrame, PolarsResult};
use swanbench_spec::Published;

use crate::{
    Error, Results, cells,
    columns::{mode_word, stage_word},
    last_phase,
    statistics::Summary,
};

/// A published number, and ours where the experiment has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    pub published: Published,
    /// Over seeds.
    pub ours: Option<Summary>,
}

/// Each published number of the experiment with ours beside it, in the order of the experiment.
///
/// # Errors
/// [`Error::Frame`] where the frame of runs lacks a column.
pub fn beside(results: &Results) -> Result<Vec<Beside>, Error> {
    let last = last_phase(&cells(&results.runs)?)?;
    let all = results.about.published.iter().map(|published| {
        let values = values(&results.runs, published, last)?;
        let ours = Some(Summary::of(&values)).filter(|summary| summary.mean.is_finite());
        Ok(Beside { published: published.clone(), ours })
    });
    all.collect()
}

/// The values of the cell, a seed each: of its last stage, where it does not name one.
fn values(runs: &DataFrame, published: &Published, phase: u32) -> PolarsResult<Vec<f64>> {
    let Some(label) = published.label.as_deref() else {
        return Ok(Vec::new());
    };
    let text = |name: &str| runs.column(name)?.str();
    let (labels, stages, modes) = (text("label")?, text("stage")?, text("mode")?);
    let (statistics, controls) = (text("statistics")?, text("control")?);
    let (targets, thresholds) =
        (runs.column("target_activity")?.f64()?, runs.column("threshold")?.f64()?);
    let phases = runs.column("phase")?.u64()?;
    let metric = runs.column(published.metric.column())?.f64()?;
    let of_cell: Vec<usize> = (0..runs.height())
        .filter(|&row| {
            labels.get(row) == Some(label)
                && (published.target.is_none() || targets.get(row) == published.target)
                && phases.get(row) == Some(u64::from(phase))
                && modes.get(row) == Some(mode_word(swanbench_spec::Mode::Hard))
                && statistics.get(row) == Some("trained")
                && controls.get(row).is_none()
                && thresholds.get(row).is_none()
        })
        .collect();
    let has = |stage: &str| of_cell.iter().any(|&row| stages.get(row) == Some(stage));
    let last = if has("fine-tuned") { "fine-tuned" } else { "raw" };
    let stage = published.stage.map_or(last, stage_word);
    let at_stage = of_cell.iter().filter(|&&row| stages.get(row) == Some(stage));
    Ok(at_stage.filter_map(|&row| metric.get(row)).collect())
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;
    use swanbench_spec::Stage;

    use super::*;

    #[test]
    fn the_cell_that_is_named_stands_beside_the_number() {
        let hard = "hard";
        let runs = df!(
            "label" => ["pruned"; 6],
            "stage" => ["raw", "fine-tuned", "raw", "fine-tuned", "raw", "fine-tuned"],
            "mode" => [hard; 6],
            "statistics" => ["trained"; 6],
            "control" => [None::<&str>; 6],
            "threshold" => [None::<f64>; 6],
            "phase" => [1_u64; 6],
            "target_activity" => [0.1, 0.1, 0.1, 0.1, 0.5, 0.5],
            "test_accuracy" => [0.2, 0.8, 0.4, 0.9, 0.7, 0.95],
        )
        .expect("columns of one length");
        let published = Published {
            label: Some("pruned".to_owned()),
            target: Some(0.1),
            ..Published::default()
        };
        assert_eq!(values(&runs, &published, 1).expect("read"), [0.8, 0.9]);
        let raw = Published { stage: Some(Stage::Training), ..published.clone() };
        assert_eq!(values(&runs, &raw, 1).expect("read"), [0.2, 0.4]);
        let none = Published { label: None, ..published };
        assert_eq!(values(&runs, &none, 1).expect("read"), Vec::<f64>::new());
    }
}
