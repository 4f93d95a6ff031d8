//! Columns over cells, which several tables have.

use std::borrow::Borrow;

use swanbench_results::Cell;

use crate::tables::{column::Column, table::accuracy_text};

/// What the column of accuracies shows, for the note of a table.
pub(crate) const ACCURACY: &str = "mean over seeds ± half the width of the 95% interval (Student's \
    t), or the range of the seeds where that would leave 0 to 100%";

/// Returns a column of numbers; what is not finite is left empty.
pub(crate) fn numbers<Row: Borrow<Cell>>(
    title: &str,
    rows: &[Row],
    text: impl Fn(f64) -> String,
    value: impl Fn(&Cell) -> f64,
) -> Column {
    let number = |row: &Row| Some(value(row.borrow())).filter(|value| value.is_finite());
    Column::numbers(title, rows, |row| number(row).map(|value| (text(value), value)))
}

/// Returns the column of test accuracies.
pub(crate) fn accuracies<Row: Borrow<Cell>>(rows: &[Row]) -> Column {
    Column::numbers("test accuracy, %", rows, |row| {
        let cell = row.borrow();
        let mean = Some(cell.test_accuracy).filter(|mean| mean.is_finite())?;
        Some((accuracy_text(mean, cell.half_width, cell.interval), mean))
    })
}
