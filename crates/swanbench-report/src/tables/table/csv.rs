//! The table to compute with.

use super::row::Row;
use crate::tables::csv::{counts, file, numbers, texts};

/// Writes all rows with full precision, under the names of the fields; accuracies and shares in
/// `[0, 1]`.
pub(crate) fn csv(rows: &[Row]) -> Vec<u8> {
    let number = |name: &str, value: fn(&Row) -> Option<f64>| numbers(name, rows.iter().map(value));
    let stages: Vec<String> = rows.iter().map(|row| row.stage.to_string()).collect();
    let mut columns = vec![
        texts("label", rows.iter().map(|row| row.label.as_str())),
        number("target_activity", |row| row.target),
        texts("stage", stages.iter().map(String::as_str)),
        counts("n", rows.iter().map(|row| Some(row.n))),
        number("test_accuracy", |row| row.test_accuracy),
        number("test_accuracy_half_width", |row| row.half_width),
        number("test_accuracy_low", |row| row.bounds.map(|bounds| bounds.0)),
        number("test_accuracy_high", |row| row.bounds.map(|bounds| bounds.1)),
        number("test_accuracy_gap", |row| row.gap),
        number("test_accuracy_gap_p", |row| row.gap_p),
        number("activity", |row| row.activity),
        number("unit_flops_share", |row| row.unit_flops_share),
        number("varying_units", |row| row.varying_units),
        number("speed_up", |row| row.speed_up),
        number("time_us", |row| row.time_us),
        number("measured_speed_up", |row| row.measured_speed_up),
        number("compact_flops_share", |row| row.compact_flops_share),
        number("compact_accuracy", |row| row.compact_accuracy),
        number("weight_flops_share", |row| row.weight_flops_share),
        number("params_share", |row| row.params_share),
        number("gate_flops_share", |row| row.gate_flops_share),
        number("flops_p5_share", |row| row.flops_p5_share),
        number("flops_p95_share", |row| row.flops_p95_share),
        number("raw_accuracy", |row| row.raw_accuracy),
        number("raw_recalibrated_accuracy", |row| row.raw_recalibrated_accuracy),
        number("recalibrated_accuracy", |row| row.recalibrated_accuracy),
        number("soft_accuracy", |row| row.soft_accuracy),
        number("train_flops_share", |row| row.train_flops_share),
        number("epochs", |row| row.epochs),
        texts("fairness", rows.iter().map(|row| row.fairness.as_str())),
    ];
    for phase in 0..rows.first().map_or(0, |row| row.earlier_accuracies.len()) {
        let accuracies = rows.iter().map(|row| row.earlier_accuracies[phase]);
        columns.push(numbers(&format!("test_accuracy_phase_{}", phase + 1), accuracies));
    }
    file(&columns, rows.len())
}
