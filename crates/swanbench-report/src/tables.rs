//! Tables and verdicts as Markdown, LaTeX and CSV.

pub(crate) mod column;
pub(crate) mod controls;
mod csv;
mod latex;
pub(crate) mod markdown;
pub(crate) mod methods;
pub(crate) mod paper;
pub(crate) mod table;
pub(crate) mod timings;
pub(crate) mod verdicts;
