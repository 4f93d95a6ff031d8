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

/// What the list of such tables knows of each.
struct TableDef {
    name: &'static str,
    heading: &'static str,
    /// Returns no rows if the results have nothing to show in it.
    columns: fn(&ReportData, &Results) -> Vec<Column>,
    meaning: fn(&ReportData) -> String,
}

/// In the order of the page.
const TABLES: &[TableDef] = &[
    TableDef {
        name: "phases",
        heading: "Accuracy on later tasks",
        columns: |data, _| phases::columns(data),
        meaning: |_| phases::meaning(),
    },
    TableDef {
        name: "classes",
        heading: "Accuracy by class and difficulty",
        columns: |data, results| classes::columns(data, &results.adaptivity),
        meaning: classes::meaning,
    },
    TableDef {
        name: "controls",
        heading: "With other gates",
        columns: |data, _| controls::columns(data),
        meaning: |_| controls::meaning(),
    },
    TableDef {
        name: "timings",
        heading: "Measured time",
        columns: |data, _| timings::columns(&data.timings),
        meaning: timings::meaning,
    },
];

/// A table that has rows.
#[derive(Debug, Clone)]
pub(crate) struct OptionalTable {
    /// The name of its file, without `.md`.
    pub name: &'static str,
    pub heading: &'static str,
    pub columns: Vec<Column>,
    /// What the rows and columns mean.
    pub meaning: String,
}

impl OptionalTable {
    /// Returns those that have rows.
    pub(crate) fn all(data: &ReportData, results: &Results) -> Vec<Self> {
        let table = |&TableDef { name, heading, columns, meaning }: &TableDef| Self {
            name,
            heading,
            columns: columns(data, results),
            meaning: meaning(data),
        };
        TABLES.iter().map(table).filter(|table| height(&table.columns) > 0).collect()
    }

    /// Returns the content of the file.
    pub(crate) fn markdown(&self) -> String {
        format!("{}\n{}\n", markdown::table(&self.columns), self.meaning)
    }
}

/// Returns the names of all files that such tables can have.
pub(crate) fn names() -> impl Iterator<Item = String> {
    TABLES.iter().map(|table| format!("{}.md", table.name))
}
