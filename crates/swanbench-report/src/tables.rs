//! Tables and verdicts as Markdown, LaTeX and CSV.

pub(crate) mod controls;
pub(crate) mod csv;
pub(crate) mod methods;
pub(crate) mod paper;
pub(crate) mod table;
pub(crate) mod verdicts;
