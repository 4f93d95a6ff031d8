//! Tables in Markdown.

use crate::tables::column::{Alignment, Column, height};

/// Returns the columns as a table.
pub(crate) fn table(columns: &[Column]) -> String {
    let line = |texts: Vec<String>| format!("| {} |\n", texts.join(" | "));
    let mut page = line(columns.iter().map(|column| escape(&column.title)).collect());
    let rule = |column: &Column| match column.alignment {
        Alignment::Left => "---".to_owned(),
        Alignment::Right => "---:".to_owned(),
    };
    page += &line(columns.iter().map(rule).collect());
    for row in 0..height(columns) {
        page += &line(columns.iter().map(|column| escape(&column.entries[row].text)).collect());
    }
    page
}

/// Escapes bars, which would begin another column.
pub(crate) fn escape(text: &str) -> String {
    text.replace('|', "\\|")
}
