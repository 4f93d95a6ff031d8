//! The table to compute with.

use polars::prelude::{Column, CsvWriter, DataFrame, SerWriter as _};

use super::Row;
use crate::Error;

/// All rows with full precision, under the names of the fields; accuracies and shares in `[0, 1]`.
///
/// # Errors
/// [`Error::Frame`] where polars refuses.
pub(crate) fn csv(rows: &[Row]) -> Result<Vec<u8>, Error> {
    let numbers = |name: &str, value: fn(&Row) -> Option<f64>| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<_>>())
    };
    let texts = |name: &str, value: fn(&Row) -> String| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<_>>())
    };
    let seeds = rows.iter().map(|row| row.n as u64).collect::<Vec<_>>();
    let mut columns = vec![
        texts("label", |row| row.label.clone()),
        numbers("target_activity", |row| row.target),
        texts("stage", |row| row.stage.clone()),
        Column::new("n".into(), seeds),
        numbers("test_accuracy", |row| row.test_accuracy),
        numbers("test_accuracy_half_width", |row| row.half_width),
        numbers("test_accuracy_gap", |row| row.gap),
        numbers("test_accuracy_gap_p", |row| row.gap_p),
        numbers("activity", |row| row.activity),
        numbers("unit_flops_share", |row| row.unit_flops_share),
        numbers("speed_up", |row| row.speed_up),
        numbers("weight_flops_share", |row| row.weight_flops_share),
        numbers("params_share", |row| row.params_share),
        numbers("gate_flops_share", |row| row.gate_flops_share),
        numbers("flops_p5_share", |row| row.flops_p5_share),
        numbers("flops_p95_share", |row| row.flops_p95_share),
        numbers("raw_accuracy", |row| row.raw_accuracy),
        numbers("raw_recalibrated_accuracy", |row| row.raw_recalibrated_accuracy),
        numbers("recalibrated_accuracy", |row| row.recalibrated_accuracy),
        numbers("soft_accuracy", |row| row.soft_accuracy),
        numbers("train_flops_share", |row| row.train_flops_share),
        numbers("epochs", |row| row.epochs),
        texts("fairness", |row| row.fairness.clone()),
    ];
    for phase in 0..rows.first().map_or(0, |row| row.earlier_accuracies.len()) {
        let values: Vec<_> = rows.iter().map(|row| row.earlier_accuracies[phase]).collect();
        columns.push(Column::new(format!("test_accuracy_phase_{}", phase + 1).into(), values));
    }
    let mut frame = DataFrame::new(rows.len(), columns)?;
    let mut content = Vec::new();
    CsvWriter::new(&mut content).finish(&mut frame)?;
    Ok(content)
}
