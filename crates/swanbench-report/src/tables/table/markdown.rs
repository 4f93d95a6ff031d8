//! The table to read.

use super::{
    Row, caption,
    columns::{Alignment, Column},
};
use crate::{data::report_data::ReportData, format};

/// The columns, with a caption that says what stands in them and which runs do not.
pub(crate) fn markdown(evidence: &ReportData, rows: &[Row], columns: &[Column]) -> String {
    let table = table(columns);
    format!("{table}\n{}\n{}", caption::paragraph(evidence, rows), failures(evidence))
}

/// The columns alone.
pub(crate) fn table(columns: &[Column]) -> String {
    let line = |texts: Vec<String>| format!("| {} |\n", texts.join(" | "));
    let mut page = line(columns.iter().map(|column| escape(&column.title)).collect());
    let rule = |column: &Column| match column.alignment {
        Alignment::Left => "---".to_owned(),
        Alignment::Right => "---:".to_owned(),
    };
    page += &line(columns.iter().map(rule).collect());
    for row in 0..columns.first().map_or(0, |column| column.entries.len()) {
        page += &line(columns.iter().map(|column| escape(&column.entries[row].text)).collect());
    }
    page
}

/// A bar would begin another column.
pub(crate) fn escape(text: &str) -> String {
    text.replace('|', "\\|")
}

fn failures(evidence: &ReportData) -> String {
    if evidence.failures.is_empty() {
        return String::new();
    }
    let count = format::count(evidence.failures.len(), "run");
    let items = evidence.failures.iter().map(|failure| format!("- {failure}\n"));
    format!("\n{count} failed, left out here:\n\n{}", items.collect::<String>())
}
