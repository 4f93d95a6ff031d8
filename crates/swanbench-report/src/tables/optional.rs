//! Tables that only some reports have: each is a section of the page, and a file in Markdown.

use swanbench_results::Results;

use crate::{
    data::report_data::ReportData,
    tables::{
        classes,
        column::{Column, height},
        controls, markdown, phases, timings,
    },
};

/// The names of all such tables, in the order of the page.
pub(crate) const NAMES: [&str; 4] = ["phases", "classes", "controls", "timings"];

/// A table that only some reports have.
#[derive(Debug, Clone)]
pub(crate) struct OptionalTable {
    /// The name of its file.
    pub name: &'static str,
    pub heading: &'static str,
    pub columns: Vec<Column>,
    /// What the rows and columns mean.
    pub meaning: String,
}

impl OptionalTable {
    /// Returns those that have rows.
    pub(crate) fn all(data: &ReportData, results: &Results) -> Vec<Self> {
        let own = [
            ("After a change of task", phases::columns(data), phases::MEANING.to_owned()),
            (
                "Accuracy by class and difficulty",
                classes::columns(data, &results.adaptivity),
                classes::meaning(data),
            ),
            ("With other gates", controls::columns(data), controls::MEANING.to_owned()),
            ("Measured time", timings::columns(&data.timings), timings::meaning(data)),
        ];
        let tables = NAMES.into_iter().zip(own);
        let table = |(name, (heading, columns, meaning))| Self { name, heading, columns, meaning };
        tables.map(table).filter(|table| height(&table.columns) > 0).collect()
    }

    /// Returns the content of the file.
    pub(crate) fn markdown(&self) -> String {
        format!("{}\n{}\n", markdown::table(&self.columns), self.meaning)
    }
}
