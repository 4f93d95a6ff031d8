//! The columns of the table, written down once for Markdown, LaTeX and the page.

use super::{Row, fairness};
use crate::{data::report_data::ReportData, format};

/// Below this, a gap has a mark.
pub(crate) const SIGNIFICANT: f64 = 0.05;

/// A column over all rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub title: String,
    pub alignment: Alignment,
    /// An entry for each row.
    pub entries: Vec<Entry>,
}

/// To which edge the entries of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alignment {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// What stands in a row of a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// Plain text, not escaped; empty where there is no value.
    pub text: String,
    /// What the text shows with fewer digits, to sort by; none for words.
    pub value: Option<f64>,
    /// Where the text leads on the page.
    pub link: Option<String>,
}

impl Entry {
    /// A text that is no number.
    pub(crate) const fn word(text: String) -> Self {
        Self { text, value: None, link: None }
    }

    /// `value` as `text` shows it.
    pub(crate) const fn number(text: String, value: f64) -> Self {
        Self { text, value: Some(value), link: None }
    }
}

/// The columns that a reader gets, the label first. One that is empty in all rows is left out.
pub(crate) fn columns(evidence: &ReportData, rows: &[Row]) -> Vec<Column> {
    let percent = |title, value| numbers(rows, title, value, format::percent);
    let accuracies = |title, value| numbers(rows, title, value, points);
    let gap = format!("gap to {}, points", reference(evidence));
    let phases = rows.first().map_or(0, |row| row.earlier_accuracies.len());
    let earlier = (0..phases).map(|phase| {
        let title = format!("phase {} accuracy, %", phase + 1);
        let accuracy = move |row: &Row| row.earlier_accuracies[phase];
        shown(rows, &title, |row| accuracy(row).map(|mean| (points(mean), mean)))
    });
    let mut all = vec![
        words(rows, "method", |row| row.label.clone()),
        numbers(rows, "target", |row| row.target, |target| target.to_string()),
        numbers(rows, "n", |row| Some(row.n as f64), |n| n.to_string()),
        shown(rows, "test accuracy, %", |row| {
            row.test_accuracy.map(|mean| (accuracy(mean, row.half_width), mean))
        }),
        shown(rows, &gap, |row| Some((marked_gap(row)?, row.gap?))),
        percent("activity, %", |row| row.activity),
        percent("unit FLOPs, %", |row| row.unit_flops_share),
        percent("of them gates, %", |row| row.gate_flops_share),
        numbers(rows, "speed-up", |row| row.speed_up, times),
        shown(rows, "FLOPs p5 to p95, %", |row| Some((spread(row)?, row.flops_p5_share?))),
        percent("weight FLOPs, %", |row| row.weight_flops_share),
        percent("parameters, %", |row| row.params_share),
        accuracies("raw accuracy, %", |row| row.raw_accuracy),
        accuracies("raw, recalibrated, %", |row| row.raw_recalibrated_accuracy),
        accuracies("recalibrated, %", |row| row.recalibrated_accuracy),
        accuracies("soft accuracy, %", |row| row.soft_accuracy),
    ];
    all.extend(earlier);
    all.extend([
        numbers(rows, "training FLOPs", |row| row.train_flops_share, times),
        words(rows, fairness::TITLE, |row| row.fairness.clone()),
    ]);
    let has_text = |column: &Column| column.entries.iter().any(|entry| !entry.text.is_empty());
    all.into_iter().filter(has_text).collect()
}

/// The label that the others are compared with.
pub(crate) fn reference(evidence: &ReportData) -> &str {
    evidence.reference().map_or("reference", |cell| &cell.label)
}

fn words(rows: &[Row], title: &str, text: fn(&Row) -> String) -> Column {
    let entries = rows.iter().map(|row| Entry::word(text(row))).collect();
    Column { title: title.to_owned(), alignment: Alignment::Left, entries }
}

fn numbers(
    rows: &[Row],
    title: &str,
    value: fn(&Row) -> Option<f64>,
    text: fn(f64) -> String,
) -> Column {
    shown(rows, title, |row| value(row).map(|value| (text(value), value)))
}

/// A column of numbers, each with its text.
fn shown(rows: &[Row], title: &str, entry: impl Fn(&Row) -> Option<(String, f64)>) -> Column {
    let entry = |row| match entry(row) {
        Some((text, value)) => Entry::number(text, value),
        None => Entry::word(String::new()),
    };
    let entries = rows.iter().map(entry).collect();
    Column { title: title.to_owned(), alignment: Alignment::Right, entries }
}

/// A mean and half the width of its interval, where there is one.
pub(crate) fn accuracy(mean: f64, half_width: Option<f64>) -> String {
    let mean = points(mean);
    half_width.map_or(mean.clone(), |half| format!("{mean} ± {}", points(half)))
}

/// With an asterisk where the gap is hardly chance.
fn marked_gap(row: &Row) -> Option<String> {
    let mark = if row.gap_p.is_some_and(|p| p < SIGNIFICANT) { "*" } else { "" };
    Some(format!("{}{mark}", signed_points(row.gap?)))
}

fn spread(row: &Row) -> Option<String> {
    let (low, high) = (format::percent(row.flops_p5_share?), format::percent(row.flops_p95_share?));
    Some(if low == high { low } else { format!("{low} to {high}") })
}

/// Percent with two digits.
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
        tables::table,
    };

    fn found<'a>(columns: &'a [Column], title: &str) -> Option<&'a Column> {
        columns.iter().find(|column| column.title == title)
    }

    #[test]
    fn an_entry_keeps_the_number_that_its_text_rounds() {
        let evidence =
            evidence(vec![cell("full", None, 1.0, 0.95), cell("half", Some(0.5), 0.456_78, 0.94)]);
        let columns = columns(&evidence, &table::rows(&evidence));
        let cost = &found(&columns, "unit FLOPs, %").expect("a column").entries[1];
        assert_eq!(*cost, Entry::number("45.7".to_owned(), 0.456_78));
        let accuracy = &found(&columns, "test accuracy, %").expect("a column").entries[1];
        assert_eq!(*accuracy, Entry::number("94.00 ± 1.00".to_owned(), 0.94));
        assert!(found(&columns, "gap to full, points").is_some());
    }

    #[test]
    fn an_empty_column_is_left_out() {
        let evidence = evidence(vec![cell("full", None, 1.0, 0.95)]);
        let columns = columns(&evidence, &table::rows(&evidence));
        assert_eq!(found(&columns, "target"), None);
        assert_eq!(found(&columns, "soft accuracy, %"), None);
    }
}
