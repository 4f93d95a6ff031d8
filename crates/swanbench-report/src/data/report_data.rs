//! What a report stands on: the cells of an experiment and the facts that belong to all of them.

use polars::prelude::{BooleanChunked, ChunkCompareEq as _, DataFrame, PolarsResult};
use swanbench_results::{
    cells,
    columns::FAILED,
    comparison::{Gap, gaps},
    headline, last_phase,
};

use crate::{
    Error,
    data::{cell::Cell, record::Record},
    draw::theme::Style,
};

/// An experiment, averaged over seeds.
#[derive(Debug, Clone)]
pub(crate) struct ReportData {
    pub experiment: String,
    pub model: String,
    pub data: String,
    /// Labels in the order of the experiment, those that have a headline.
    pub labels: Vec<String>,
    /// Hard gates at the last stage of each label: what is compared.
    pub headline: Vec<Cell>,
    /// The same of each earlier phase, on that phase's own task, the first phase first.
    pub earlier: Vec<Vec<Cell>>,
    /// The phase that the headline and all cells are of: the last one.
    pub phase: u32,
    /// All stages, modes and statistics, with the method's own gates.
    pub cells: Vec<Cell>,
    /// Gates of controls or at other thresholds, in the last phase.
    pub others: Vec<Cell>,
    /// Tests of each cell against the reference.
    pub gaps: Vec<Gap>,
    /// A sentence for each run that failed.
    pub failures: Vec<String>,
}

impl ReportData {
    /// Reads the frame of `runs.parquet`.
    ///
    /// # Errors
    /// [`Error::NothingDone`], or where a column is missing.
    pub(crate) fn of(runs: &DataFrame) -> Result<Self, Error> {
        let (failures, reasons) = failures(runs)?;
        let all = cells(runs)?;
        let phase = last_phase(&all)?;
        let last = Cell::all(&headline(&all, phase)?)?;
        if last.is_empty() {
            return Err(Error::NothingDone(reasons.into_iter().next()));
        }
        let earlier = (1..phase).map(|phase| Ok(Cell::all(&headline(&all, phase)?)?));
        let earlier = earlier.collect::<Result<Vec<_>, Error>>()?;
        let mut labels: Vec<String> = Vec::new();
        for cell in &last {
            if !labels.contains(&cell.label) {
                labels.push(cell.label.clone());
            }
        }
        let first = |name: &str| Record::of(runs, 0).text(name);
        let mut evidence = Self {
            experiment: first("experiment")?,
            model: first("model")?,
            data: first("data")?,
            labels,
            headline: last,
            earlier,
            phase,
            cells: Cell::all(&all.filter(&own(&all, phase)?)?)?,
            others: Cell::all(&all.filter(&others(&all, phase)?)?)?,
            gaps: Vec::new(),
            failures,
        };
        if let Some(reference) = evidence.reference() {
            evidence.gaps = gaps(runs, phase, &reference.label)?;
        }
        Ok(evidence)
    }

    /// What everything is compared with: the first label without a target that computes all FLOPs.
    pub(crate) fn reference(&self) -> Option<&Cell> {
        let computes_all = |cell: &&Cell| (cell.unit_flops_share - 1.0).abs() < 1e-6;
        self.headline.iter().filter(|cell| cell.target.is_none()).find(computes_all)
    }

    /// How `label` looks in every picture: black where it is the reference, otherwise by its place
    /// among the others.
    pub(crate) fn style(&self, label: &str) -> Style {
        let reference = self.reference().map(|cell| cell.label.as_str());
        let mut others = self.labels.iter().filter(|other| Some(other.as_str()) != reference);
        others.position(|other| other == label).map_or(Style::REFERENCE, Style::of)
    }

    /// The cell of the same setting as `cell` at another stage, mode or with other statistics.
    pub(crate) fn sibling(
        &self,
        cell: &Cell,
        stage: &str,
        mode: &str,
        statistics: &str,
    ) -> Option<&Cell> {
        self.cells.iter().find(|other| {
            other.label == cell.label
                && other.target == cell.target
                && other.stage == stage
                && other.mode == mode
                && other.statistics == statistics
        })
    }

    /// The test of a cell against the reference.
    pub(crate) fn gap(&self, cell: &Cell) -> Option<&Gap> {
        self.gaps.iter().find(|gap| gap.label == cell.label && gap.target == cell.target)
    }

    /// The least and the greatest number of seeds in a headline cell.
    pub(crate) fn seeds(&self) -> (usize, usize) {
        let counts = self.headline.iter().map(|cell| cell.n);
        (counts.clone().min().unwrap_or(0), counts.max().unwrap_or(0))
    }
}

/// The middle one of all targets: the more sparing of two, where their number is even.
pub(crate) fn middle_target(targets: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut targets: Vec<f64> = targets.into_iter().collect();
    targets.sort_by(|one, other| other.total_cmp(one));
    targets.dedup();
    targets.get(targets.len() / 2).copied()
}

/// Which rows of a frame of cells or runs are of `phase`, with the method's own gates.
pub(crate) fn own(frame: &DataFrame, phase: u32) -> PolarsResult<BooleanChunked> {
    let in_phase = frame.column("phase")?.u64()?.equal(u64::from(phase));
    let gates = frame.column("control")?.is_null() & frame.column("threshold")?.is_null();
    Ok(in_phase & gates)
}

/// Which cells of `phase` were measured with hard gates that are not the method's own.
fn others(cells: &DataFrame, phase: u32) -> PolarsResult<BooleanChunked> {
    let in_phase = cells.column("phase")?.u64()?.equal(u64::from(phase));
    let is_hard = cells.column("mode")?.str()?.equal("hard");
    let is_trained = cells.column("statistics")?.str()?.equal("trained");
    let is_other =
        cells.column("control")?.is_not_null() | cells.column("threshold")?.is_not_null();
    Ok(in_phase & is_hard & is_trained & is_other)
}

/// A sentence for each run that failed, and the reasons alone.
fn failures(runs: &DataFrame) -> PolarsResult<(Vec<String>, Vec<String>)> {
    let (mut sentences, mut reasons) = (Vec::new(), Vec::new());
    for record in Record::all(runs) {
        if record.text("status")? != FAILED {
            continue;
        }
        let target = record.number("target_activity")?;
        let at = target.map(|target| format!(" at target {target}")).unwrap_or_default();
        let (label, seed) = (record.text("label")?, record.count("seed")?);
        let reason = record.text("reason")?.split_whitespace().collect::<Vec<_>>().join(" ");
        sentences.push(format!("{label}{at}, seed {seed}: {reason}"));
        reasons.push(reason);
    }
    Ok((sentences, reasons))
}

#[cfg(test)]
pub(crate) mod samples {
    //! Cells with round numbers, for the tests of pictures and tables.

    use super::{Cell, ReportData};

    pub(crate) fn cell(label: &str, target: Option<f64>, share: f64, accuracy: f64) -> Cell {
        Cell {
            label: label.to_owned(),
            target,
            stage: "raw".to_owned(),
            mode: "hard".to_owned(),
            statistics: "trained".to_owned(),
            control: None,
            threshold: None,
            n: 3,
            test_accuracy: accuracy,
            interval: Some((accuracy - 0.01, accuracy + 0.01)),
            activity: share,
            unit_flops_share: share,
            weight_flops_share: share / 2.0,
            params_share: share,
            gate_flops_share: 0.0,
            flops_p5_share: share,
            flops_p95_share: share,
            train_flops: 1e12,
            epochs: 20.0,
        }
    }

    pub(crate) fn evidence(headline: Vec<Cell>) -> ReportData {
        let mut labels: Vec<_> = headline.iter().map(|cell| cell.label.clone()).collect();
        labels.dedup();
        ReportData {
            experiment: "trial".to_owned(),
            model: "mlp".to_owned(),
            data: "digits".to_owned(),
            labels,
            cells: headline.clone(),
            headline,
            earlier: Vec::new(),
            others: Vec::new(),
            gaps: Vec::new(),
            phase: 1,
            failures: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        middle_target,
        samples::{cell, evidence},
    };

    #[test]
    fn the_middle_of_no_targets_is_none() {
        assert_eq!(middle_target([]), None);
        assert_eq!(middle_target([0.5, 0.25, 0.1, 0.05]), Some(0.1));
    }
    use crate::draw::theme::Style;

    #[test]
    fn the_reference_follows_from_the_data_and_not_from_a_name() {
        let cells = vec![
            cell("always all", Some(0.5), 1.0, 0.95),
            cell("half", None, 0.5, 0.94),
            cell("anything", None, 1.0, 0.93),
        ];
        let evidence = evidence(cells);
        assert_eq!(evidence.reference().map(|cell| cell.label.as_str()), Some("anything"));
    }

    #[test]
    fn the_reference_takes_no_style_from_the_others() {
        let cells = vec![
            cell("first", Some(0.5), 0.5, 0.95),
            cell("whole", None, 1.0, 0.95),
            cell("second", Some(0.5), 0.5, 0.94),
        ];
        let evidence = evidence(cells);
        let styles = ["first", "whole", "second"].map(|label| evidence.style(label));
        assert_eq!(styles, [Style::of(0), Style::REFERENCE, Style::of(1)]);
    }
}
