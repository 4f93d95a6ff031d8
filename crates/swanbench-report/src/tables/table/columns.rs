//! The columns of the table.

use super::{fairness, row::Row};
use crate::{
    data::report_data::ReportData,
    format,
    tables::{column::Column, timings::microseconds},
};

/// Below this probability, a gap is marked.
pub(crate) const SIGNIFICANT: f64 = 0.05;

/// Returns the columns that a reader gets, the label first, without those that are empty.
pub(crate) fn columns(data: &ReportData, rows: &[Row]) -> Vec<Column> {
    let percent = |title, value: fn(&Row) -> _| plain(rows, title, value, format::percent);
    let accuracies = |title, value: fn(&Row) -> _| plain(rows, title, value, points);
    let gap = format!("gap to {}, points", reference(data));
    let tasks = rows.first().map_or(0, |row| row.earlier_accuracies.len());
    let earlier = (0..tasks).map(|task| {
        let title = format!("phase {} accuracy, %", task + 1);
        plain(rows, &title, |row| row.earlier_accuracies[task], points)
    });
    let mut all = vec![
        Column::words("method", rows, |row| row.label.clone()),
        plain(rows, "target", |row| row.target, |target| target.to_string()),
        plain(rows, "n", |row| Some(row.n as f64), |n| n.to_string()),
        Column::numbers("test accuracy, %", rows, |row| {
            row.test_accuracy.map(|mean| (accuracy(mean, row.half_width, row.bounds), mean))
        }),
        Column::numbers(gap, rows, |row| Some((marked_gap(row)?, row.gap?))),
        percent("activity, %", |row| row.activity),
        percent("unit FLOPs, %", |row| row.unit_flops_share),
        Column::words("unit FLOPs are", rows, kind),
        percent("gate share of FLOPs, %", |row| row.gate_flops_share),
        plain(rows, "speed-up", |row| row.speed_up, times),
        Column::numbers("FLOPs p5 to p95, %", rows, |row| {
            Some((spread(row)?, row.flops_p5_share?))
        }),
        plain(rows, "time of an image, µs", |row| row.time_us, microseconds),
        plain(rows, "measured speed-up", |row| row.measured_speed_up, times),
        percent("compact FLOPs, %", |row| row.compact_flops_share),
        accuracies("compact accuracy, %", |row| row.compact_accuracy),
        percent("weight FLOPs, %", |row| row.weight_flops_share),
        percent("parameters, %", |row| row.params_share),
        accuracies("raw accuracy, %", |row| row.raw_accuracy),
        accuracies("raw, recalibrated, %", |row| row.raw_recalibrated_accuracy),
        accuracies("recalibrated, %", |row| row.recalibrated_accuracy),
        accuracies("soft accuracy, %", |row| row.soft_accuracy),
    ];
    all.extend(earlier);
    all.extend([
        plain(rows, "training FLOPs", |row| row.train_flops_share, times),
        Column::words(fairness::TITLE, rows, |row| row.fairness.clone()),
    ]);
    all.into_iter().filter(Column::has_text).collect()
}

/// Returns the label that the others are compared with.
pub(crate) fn reference(data: &ReportData) -> &str {
    data.reference().map_or("reference", |cell| &cell.label)
}

fn plain(
    rows: &[Row],
    title: &str,
    value: impl Fn(&Row) -> Option<f64>,
    text: fn(f64) -> String,
) -> Column {
    Column::numbers(title, rows, |row| value(row).map(|value| (text(value), value)))
}

/// Returns a mean in percent with half the width of its interval, or with the range of the seeds if
/// the interval says nothing.
pub(crate) fn accuracy(mean: f64, half_width: Option<f64>, bounds: Option<(f64, f64)>) -> String {
    let mean = points(mean);
    match (half_width, bounds) {
        (Some(half), _) => format!("{mean} ± {}", points(half)),
        (None, Some((low, high))) => format!("{mean} ({} to {})", points(low), points(high)),
        (None, None) => mean,
    }
}

/// Names how the unit FLOPs are saved: by one smaller dense net, or for each example anew.
fn kind(row: &Row) -> String {
    match (row.target, row.varying_units) {
        (None, _) | (_, None) => String::new(),
        (_, Some(varying)) if varying > 0.0 => "dynamic".to_owned(),
        _ => "static".to_owned(),
    }
}

/// Returns the gap, with an asterisk if it is statistically significant.
fn marked_gap(row: &Row) -> Option<String> {
    let mark = if row.gap_p.is_some_and(|p| p < SIGNIFICANT) { "*" } else { "" };
    Some(format!("{}{mark}", signed_points(row.gap?)))
}

fn spread(row: &Row) -> Option<String> {
    let (low, high) = (format::percent(row.flops_p5_share?), format::percent(row.flops_p95_share?));
    Some(if low == high { low } else { format!("{low} to {high}") })
}

/// Returns percent with two digits.
pub(crate) fn points(share: f64) -> String {
    format!("{:.2}", 100.0 * share)
}

fn signed_points(share: f64) -> String {
    let text = points(share.abs());
    let sign = match share {
        _ if text == "0.00" => "",
        share if share < 0.0 => "−",
        _ => "+",
    };
    format!("{sign}{text}")
}

fn times(factor: f64) -> String {
    let digits = match factor {
        factor if factor >= 99.95 => 0,
        factor if factor >= 9.995 => 1,
        _ => 2,
    };
    format!("{factor:.digits$}×")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data::report_data::samples::{cell, evidence},
        tables::{column::Entry, table},
    };

    fn found<'a>(columns: &'a [Column], title: &str) -> Option<&'a Column> {
        columns.iter().find(|column| column.title == title)
    }

    #[test]
    fn an_entry_keeps_the_number_that_its_text_rounds() {
        let data =
            evidence(vec![cell("full", None, 1.0, 0.95), cell("half", Some(0.5), 0.456_78, 0.94)]);
        let columns = columns(&data, &table::rows(&data));
        let cost = &found(&columns, "unit FLOPs, %").expect("a column").entries[1];
        let entry =
            |text: &str, value| Entry { text: text.to_owned(), value: Some(value), link: None };
        assert_eq!(*cost, entry("45.7", 0.456_78));
        let accuracy = &found(&columns, "test accuracy, %").expect("a column").entries[1];
        assert_eq!(*accuracy, entry("94.00 ± 1.00", 0.94));
        assert!(found(&columns, "gap to full, points").is_some());
    }

    #[test]
    fn an_empty_column_is_left_out() {
        let data = evidence(vec![cell("full", None, 1.0, 0.95)]);
        let columns = columns(&data, &table::rows(&data));
        assert_eq!(found(&columns, "target"), None);
        assert_eq!(found(&columns, "soft accuracy, %"), None);
    }
}
