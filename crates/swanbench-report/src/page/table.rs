//! Tables that scroll within their own box and sort by a click, if there is JavaScript.

use maud::{Markup, html};

use crate::tables::column::{Alignment, Column, Entry, height};

/// Returns a table whose first column names the rows. `id` is that of the heading that names it.
pub(super) fn table(id: &str, columns: &[Column]) -> Markup {
    html! {
        // What scrolls must be reachable by keyboard.
        div.scroll role="region" tabindex="0" aria-labelledby=(id) {
            table.sortable aria-labelledby=(id) {
                thead {
                    tr {
                        @for column in columns {
                            th class=[number_class(column)] scope="col" { (column.title) }
                        }
                    }
                }
                tbody { @for row in 0..height(columns) { tr { (line(columns, row)) } } }
            }
        }
    }
}

fn line(columns: &[Column], row: usize) -> Markup {
    html! {
        @for (index, column) in columns.iter().enumerate() {
            @let entry = &column.entries[row];
            @if index == 0 {
                th class=[number_class(column)] scope="row" data-value=[entry.value] { (text(entry)) }
            } @else {
                td class=[number_class(column)] data-value=[entry.value] { (text(entry)) }
            }
        }
    }
}

fn text(entry: &Entry) -> Markup {
    html! {
        @if let Some(link) = &entry.link { a href=(link) { (entry.text) } } @else { (entry.text) }
    }
}

fn number_class(column: &Column) -> Option<&'static str> {
    (column.alignment == Alignment::Right).then_some("number")
}
