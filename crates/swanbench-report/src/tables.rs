//! Tables and verdicts as Markdown, LaTeX and CSV.

mod cell_columns;
mod classes;
pub(crate) mod column;
mod controls;
mod csv;
mod latex;
pub(crate) mod markdown;
pub(crate) mod methods;
pub(crate) mod optional;
pub(crate) mod paper;
mod phases;
pub(crate) mod table;
mod timings;
pub(crate) mod verdicts;
