//! `index.html`: all of a report on one page that needs no other file and no network.
//!
//! It can be read without JavaScript, which only adds sorting, and printed. The templates escape
//! every text that they do not contain themselves.

mod claims;
mod picture;
mod runs;
mod section;
mod settings;
mod table;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use swanbench_results::{ExperimentMetadata, claims::Verdict};

use self::section::section;
use crate::{
    data::{report_data::ReportData, run_list::Run},
    format,
    pictures::Picture,
    tables::{
        column::{Column, height},
        methods::MEANING,
        optional::OptionalTable,
        table::{Row, subject, terms},
    },
};

const STYLE: &str = include_str!("../assets/page.css");
const SCRIPT: &str = include_str!("../assets/page.js");

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content<'a> {
    pub metadata: &'a ExperimentMetadata,
    pub data: &'a ReportData,
    pub verdicts: &'a [Verdict],
    pub pictures: &'a [Picture],
    pub rows: &'a [Row],
    pub columns: &'a [Column],
    /// The summary of each method.
    pub methods: &'a [Column],
    /// The tables that only some reports have.
    pub optional: &'a [OptionalTable],
    /// Our numbers next to a paper's; no rows if there is no paper.
    pub paper: &'a [Column],
    pub runs: &'a [Run],
}

/// Returns the page as an HTML document.
pub(crate) fn html(content: Content) -> String {
    let Content { metadata, data, pictures, runs, .. } = content;
    let title = metadata.title.as_ref().unwrap_or(&data.experiment);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (header(content, title))
                    (claims::claims(content.verdicts))
                    @for one in pictures { (picture::picture(one)) }
                    (results(content))
                    (methods(content.methods))
                    @for one in content.optional { (optional(one)) }
                    (paper(content.paper))
                    @if let Some(mixed) = &data.mixed { p { (mixed) } }
                    (runs::failures(&data.failures))
                    (runs::list(&data.experiment, runs))
                    (settings::reproduction(metadata))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    format::without_controls(&page.into_string())
}

fn header(Content { metadata, data, .. }: Content, title: &str) -> Markup {
    let description = metadata.description.as_deref().unwrap_or_default().split("\n\n");
    let paragraphs = description.map(str::trim).filter(|text| !text.is_empty());
    html! {
        header {
            h1 { (title) }
            p.subject { (subject(data)) }
            @for paragraph in paragraphs { p { (paragraph) } }
            (settings::facts(&settings::tasks(&metadata.phases)))
        }
    }
}

/// The table behind the pictures, with the meaning of its terms.
fn results(Content { data, rows, columns, .. }: Content) -> Markup {
    let terms = terms(data, rows).into_iter();
    let terms: Vec<_> =
        terms.map(|term| (term.name.to_owned(), format!("{}.", term.meaning))).collect();
    section(
        "table",
        "Table",
        &html! {
            (table::table("table", columns))
            (settings::facts(&terms))
            p.beside {
                "The same as " a href="table.md" { "Markdown" } ", " a href="table.csv" { "CSV" } " and "
                a href="table.tex" { "LaTeX" }
            }
        },
    )
}

fn methods(columns: &[Column]) -> Markup {
    section(
        "methods",
        "Per-method summary",
        &html! {
            (table::table("methods", columns))
            p { (MEANING) }
            p.beside {
                "Also as " a href="methods.md" { "Markdown" } " with the probability that one is \
                better than another, as " a href="methods.csv" { "CSV" } ", and as "
                a href="pairs.csv" { "CSV of pairs" }
            }
        },
    )
}

fn optional(OptionalTable { name, heading, columns, meaning }: &OptionalTable) -> Markup {
    section(
        name,
        heading,
        &html! {
            (table::table(name, columns))
            p { (meaning) }
            p.beside { "Also as " a href=(format!("{name}.md")) { "Markdown" } }
        },
    )
}

fn paper(columns: &[Column]) -> Markup {
    if height(columns) == 0 {
        return Markup::default();
    }
    section("paper", "Compared with the paper", &table::table("paper", columns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data::report_data::samples::{cell, evidence},
        tables::table::{columns, rows},
    };

    #[test]
    fn hostile_names_are_shown_and_not_run() {
        let hostile = "<script>alert(1)</script>\u{1b}";
        let mut data = evidence(vec![cell(hostile, None, 1.0, 0.9)]);
        data.experiment = hostile.to_owned();
        data.failures = vec![hostile.to_owned()];
        let metadata = ExperimentMetadata {
            title: Some(hostile.to_owned()),
            description: Some(format!("one\n\n{hostile}")),
            command: hostile.to_owned(),
            versions: vec![(hostile.to_owned(), hostile.to_owned())],
            ..ExperimentMetadata::default()
        };
        let rows = rows(&data);
        let columns = columns(&data, &rows);
        let page = html(Content {
            metadata: &metadata,
            data: &data,
            verdicts: &[],
            pictures: &[],
            rows: &rows,
            columns: &columns,
            methods: &columns,
            optional: &[OptionalTable {
                name: "controls",
                heading: "With other gates",
                columns: columns.clone(),
                meaning: hostile.to_owned(),
            }],
            paper: &[],
            runs: &[],
        });
        assert!(!page.contains("<script>alert"));
        assert_eq!(page.matches("<script>").count(), 1);
        assert!(page.matches("&lt;script&gt;alert(1)&lt;/script&gt;\u{FFFD}").count() >= 10);
        assert!(!page.contains('\u{1b}'));
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
        assert!(!SCRIPT.contains("fetch") && !SCRIPT.contains("http"));
    }
}
