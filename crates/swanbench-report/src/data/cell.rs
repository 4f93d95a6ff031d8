//! One row of the frame of cells, as plain numbers for drawing and writing.

use polars::prelude::{DataFrame, PolarsResult};

use crate::data::record::Record;

/// All seeds of one setting. Accuracies and shares lie in `[0, 1]`; what was not measured is NaN.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub label: String,
    pub target: Option<f64>,
    pub stage: String,
    pub mode: String,
    pub statistics: String,
    /// Whose gates took the place of the method's own; none for those.
    pub control: Option<String>,
    /// The threshold of the gates where it is not the one of training.
    pub threshold: Option<f64>,
    /// Seeds.
    pub n: usize,
    pub test_accuracy: f64,
    /// The 95% interval of the mean; none for one seed.
    pub interval: Option<(f64, f64)>,
    pub activity: f64,
    pub unit_flops_share: f64,
    pub weight_flops_share: f64,
    pub params_share: f64,
    pub gate_flops_share: f64,
    pub flops_p5_share: f64,
    pub flops_p95_share: f64,
    pub train_flops: f64,
    /// Training and recovery together.
    pub epochs: f64,
}

impl Cell {
    /// The rows of a frame made by `swanbench_results::cells`.
    pub(crate) fn all(cells: &DataFrame) -> PolarsResult<Vec<Self>> {
        (0..cells.height()).map(|row| Self::read(cells, row)).collect()
    }

    /// Whether both are of one setting and stage.
    pub(crate) fn is_of(&self, other: &Self) -> bool {
        self.label == other.label && self.target == other.target && self.stage == other.stage
    }

    /// Half the width of the 95% interval of the mean test accuracy.
    pub(crate) fn half_width(&self) -> Option<f64> {
        self.interval.map(|(low, high)| (high - low) / 2.0).filter(|half| half.is_finite())
    }

    fn read(cells: &DataFrame, row: usize) -> PolarsResult<Self> {
        let record = Record::of(cells, row);
        let measured = |name: &str| PolarsResult::Ok(record.number(name)?.unwrap_or(f64::NAN));
        Ok(Self {
            label: record.text("label")?,
            target: record.number("target_activity")?,
            stage: record.text("stage")?,
            mode: record.text("mode")?,
            statistics: record.text("statistics")?,
            control: record.word("control")?,
            threshold: record.number("threshold")?,
            n: cells.column("n")?.u32()?.get(row).unwrap_or_default() as usize,
            test_accuracy: measured("test_accuracy")?,
            interval: record.number("test_accuracy_low")?.zip(record.number("test_accuracy_high")?),
            activity: measured("activity")?,
            unit_flops_share: measured("unit_flops_share")?,
            weight_flops_share: measured("weight_flops_share")?,
            params_share: measured("params_share")?,
            gate_flops_share: measured("gate_flops_share")?,
            flops_p5_share: measured("flops_p5_share")?,
            flops_p95_share: measured("flops_p95_share")?,
            train_flops: measured("train_flops")?,
            epochs: measured("epochs")?,
        })
    }
}
