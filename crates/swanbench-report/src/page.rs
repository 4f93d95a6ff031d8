//! `index.html`: all of a report on one page that needs no other file and no network.
//!
//! It can be read without JavaScript, which only adds sorting, and printed. Every text from
//! elsewhere goes through `escape`.

mod claims;
mod escape;
mod phases;
mod picture;
mod repeat;
mod runs;
mod table;

pub(crate) use picture::Picture;

use swanbench_results::{ExperimentMetadata, claims::Verdict};

use self::escape::escape;
use crate::{
    data::{report_data::ReportData, run_list::Run},
    tables::{
        controls,
        methods::MEANING,
        table::{Column, Row, subject, terms},
    },
};

const STYLE: &str = include_str!("../assets/page.css");
const SCRIPT: &str = include_str!("../assets/page.js");

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content<'a> {
    pub about: &'a ExperimentMetadata,
    pub evidence: &'a ReportData,
    pub verdicts: &'a [Verdict],
    pub pictures: &'a [Picture],
    pub rows: &'a [Row],
    pub columns: &'a [Column],
    /// Of the table of methods as wholes.
    pub methods: &'a [Column],
    /// Of the table of other gates; no rows where there are none.
    pub controls: &'a [Column],
    /// Of the table beside a paper; no rows where there is none.
    pub published: &'a [Column],
    pub runs: &'a [Run],
}

/// The page as an HTML document.
pub(crate) fn html(content: Content) -> String {
    let Content { about, evidence, verdicts, pictures, runs, .. } = content;
    let title = escape(about.title.as_ref().unwrap_or(&evidence.experiment));
    let parts = [
        header(content, &title),
        claims::section(verdicts),
        picture::sections(pictures),
        results(content),
        methods(content.methods),
        other_gates(content.controls),
        published(content.published),
        runs::failures(evidence),
        runs::list(evidence, runs),
        repeat::section(about),
    ];
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{}</main>\n\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        parts.concat()
    )
}

fn header(content: Content, title: &str) -> String {
    let Content { about, evidence, .. } = content;
    let paragraph = |text: &str| format!("<p>{}</p>\n", escape(text.trim()));
    let description = about.description.as_deref().unwrap_or_default().split("\n\n");
    let description: String =
        description.filter(|text| !text.trim().is_empty()).map(paragraph).collect();
    format!(
        "<header>\n<h1>{title}</h1>\n<p class=\"subject\">{}</p>\n{description}{}</header>\n",
        escape(&subject(evidence)),
        repeat::pairs(&phases::facts(&about.phases))
    )
}

/// The table behind the pictures, with what its words mean.
fn results(content: Content) -> String {
    let Content { evidence, rows, columns, .. } = content;
    let terms: Vec<_> = terms(evidence, rows)
        .into_iter()
        .map(|term| (term.name.to_owned(), format!("{}.", term.meaning)))
        .collect();
    format!(
        "<section aria-labelledby=\"table\">\n<h2 id=\"table\">Table</h2>\n{}{}\
         <p class=\"beside\">The same as <a href=\"table.md\">Markdown</a>, \
         <a href=\"table.csv\">CSV</a> and <a href=\"table.tex\">LaTeX</a></p>\n</section>\n",
        table::table("table", columns),
        repeat::pairs(&terms)
    )
}

/// The table of methods as wholes.
fn methods(columns: &[Column]) -> String {
    format!(
        "<section aria-labelledby=\"methods\">\n<h2 id=\"methods\">Methods as wholes</h2>\n{}\
         <p>{}</p>\n<p class=\"beside\">Also as <a href=\"methods.md\">Markdown</a> with the \
         probability that one is better than another, as <a href=\"methods.csv\">CSV</a>, and as \
         <a href=\"pairs.csv\">CSV of pairs</a></p>\n</section>\n",
        table::table("methods", columns),
        escape(MEANING)
    )
}

/// The networks with gates that are not their own; nothing where there are none.
fn other_gates(columns: &[Column]) -> String {
    if is_empty(columns) {
        return String::new();
    }
    format!(
        "<section aria-labelledby=\"controls\">\n<h2 id=\"controls\">With other gates</h2>\n{}\
         <p>{}</p>\n<p class=\"beside\">Also as <a href=\"controls.md\">Markdown</a></p>\n\
         </section>\n",
        table::table("controls", columns),
        escape(controls::MEANING)
    )
}

fn is_empty(columns: &[Column]) -> bool {
    columns.first().is_none_or(|column| column.entries.is_empty())
}

/// Our numbers beside a paper's; nothing where there are none.
fn published(columns: &[Column]) -> String {
    if is_empty(columns) {
        return String::new();
    }
    format!(
        "<section aria-labelledby=\"paper\">\n<h2 id=\"paper\">Beside the paper</h2>\n{}</section>\n",
        table::table("paper", columns)
    )
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
        let hostile = "<script>alert(1)</script>";
        let mut evidence = evidence(vec![cell(hostile, None, 1.0, 0.9)]);
        evidence.experiment = hostile.to_owned();
        evidence.failures = vec![hostile.to_owned()];
        let about = ExperimentMetadata {
            title: Some(hostile.to_owned()),
            description: Some(format!("one\n\n{hostile}")),
            command: hostile.to_owned(),
            versions: vec![(hostile.to_owned(), hostile.to_owned())],
            ..ExperimentMetadata::default()
        };
        let rows = rows(&evidence);
        let columns = columns(&evidence, &rows);
        let (verdicts, pictures, runs) = (&[], &[], &[]);
        let content = Content {
            about: &about,
            evidence: &evidence,
            verdicts,
            pictures,
            rows: &rows,
            columns: &columns,
            methods: &columns,
            controls: &columns,
            published: &[],
            runs,
        };
        let page = html(content);
        assert!(!page.contains("<script>alert"));
        assert_eq!(page.matches("<script>").count(), 1);
        assert!(page.matches("&lt;script&gt;alert(1)").count() >= 10);
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
        assert!(!SCRIPT.contains("fetch") && !SCRIPT.contains("http"));
    }
}
