//! The per-method summary: a row for all operating points of a label, and label against label.
//!
//! `methods.md` and `methods.csv` have a row per label, `pairs.csv` one per two labels.

mod csv;
mod summary;

pub(crate) use self::{
    csv::{labels as labels_csv, pairs as pairs_csv},
    summary::{MEANING, columns, page},
};
