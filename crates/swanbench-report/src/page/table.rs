//! Tables that scroll within their own box and sort by a click, where there is JavaScript.

use std::fmt::Write as _;

use super::escape::escape;
use crate::tables::table::{Alignment, Column};

/// A table of which the first column names the rows. `id` is the heading's that names the table.
pub(super) fn table(id: &str, columns: &[Column]) -> String {
    let heads: String = columns.iter().map(head).collect();
    let rows = columns.first().map_or(0, |column| column.entries.len());
    let body: String = (0..rows).map(|row| line(columns, row)).collect();
    // What scrolls must be reachable by keyboard.
    format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\">\n\
         <table class=\"sortable\" aria-labelledby=\"{id}\">\n<thead><tr>{heads}</tr></thead>\n\
         <tbody>\n{body}</tbody>\n</table>\n</div>\n"
    )
}

fn head(column: &Column) -> String {
    format!("<th scope=\"col\"{}>{}</th>", class(column), escape(&column.title))
}

fn line(columns: &[Column], row: usize) -> String {
    let mut line = "<tr>".to_owned();
    for (index, column) in columns.iter().enumerate() {
        let entry = &column.entries[row];
        let value = entry.value.map(|value| format!(" data-value=\"{value}\"")).unwrap_or_default();
        let text = link(entry.link.as_deref(), &entry.text);
        let (open, close) = if index == 0 { ("th scope=\"row\"", "th") } else { ("td", "td") };
        let _ = write!(line, "<{open}{}{value}>{text}</{close}>", class(column));
    }
    line + "</tr>\n"
}

fn link(to: Option<&str>, text: &str) -> String {
    let text = escape(text);
    to.map_or(text.clone(), |to| format!("<a href=\"{}\">{text}</a>", escape(to)))
}

fn class(column: &Column) -> &'static str {
    match column.alignment {
        Alignment::Left => "",
        Alignment::Right => " class=\"number\"",
    }
}
