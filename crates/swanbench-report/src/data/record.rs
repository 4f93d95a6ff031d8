//! One row of a frame, read by the names of its columns.

use polars::prelude::{DataFrame, PolarsResult};

/// A row. Every reading fails where the frame has no such column, or one of another type.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    frame: &'a DataFrame,
    row: usize,
}

impl<'a> Record<'a> {
    pub(crate) fn of(frame: &'a DataFrame, row: usize) -> Self {
        Self { frame, row }
    }

    /// All rows, from the first on.
    pub(crate) fn all(frame: &'a DataFrame) -> impl Iterator<Item = Self> {
        (0..frame.height()).map(|row| Self::of(frame, row))
    }

    /// A word; none where there is no value.
    pub(crate) fn word(self, column: &str) -> PolarsResult<Option<String>> {
        Ok(self.frame.column(column)?.str()?.get(self.row).map(str::to_owned))
    }

    /// A word; the empty one where there is no value.
    pub(crate) fn text(self, column: &str) -> PolarsResult<String> {
        self.word(column).map(Option::unwrap_or_default)
    }

    /// A number; none where there is no value.
    pub(crate) fn number(self, column: &str) -> PolarsResult<Option<f64>> {
        Ok(self.frame.column(column)?.f64()?.get(self.row))
    }

    /// A whole number; 0 where there is no value.
    pub(crate) fn count(self, column: &str) -> PolarsResult<u64> {
        Ok(self.frame.column(column)?.u64()?.get(self.row).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    #[test]
    fn values_are_read_where_they_are_and_missing_ones_are_said_to_be_missing() {
        let frame = df!(
            "label" => [Some("anything"), None],
            "target" => [Some(0.5), None],
            "seed" => [Some(7_u64), None],
        )
        .expect("columns of one length");
        let [first, second] = Record::all(&frame).collect::<Vec<_>>()[..] else {
            panic!("a record for each row");
        };
        assert_eq!(first.text("label").expect("read"), "anything");
        assert_eq!(first.number("target").expect("read"), Some(0.5));
        assert_eq!(first.count("seed").expect("read"), 7);
        assert_eq!(second.word("label").expect("read"), None);
        assert_eq!(second.text("label").expect("read"), "");
        assert_eq!(second.number("target").expect("read"), None);
        assert_eq!(second.count("seed").expect("read"), 0);
        assert!(first.text("stage").is_err() && first.text("target").is_err());
    }
}
