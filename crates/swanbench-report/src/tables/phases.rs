//! How accurate networks are on a task that they have changed to, before, during and after they are
//! trained on it: `phases.md`.

use swanbench_results::Cell;
use swanbench_spec::Stage;

use crate::{
    data::report_data::ReportData,
    format,
    tables::{
        cell_columns::{ACCURACY, accuracies, numbers},
        column::Column,
    },
};

/// Returns the meaning of the rows.
pub(crate) fn meaning() -> String {
    format!(
        "Phase: the task, counted from 1; every network has been trained on the earlier ones. \
         Measured: before training on the task, after so many steps of it, and at its end; on test \
         examples of the task, with hard gates. Test accuracy: {ACCURACY}. Activity, unit FLOPs: at \
         that moment, which may be above the target. Still open: for each unit the share of test \
         examples on which it is open; of these shares at the end of phase 1, how much is there now. \
         A unit that opens more often does not count, other images alone can close some, and it is \
         100 where no unit ever closes."
    )
}

/// Returns for each operating point a row for every time at which it was measured in a later task; no
/// rows if there is one task only.
pub(crate) fn columns(data: &ReportData) -> Vec<Column> {
    let rows = &data.changes;
    let whole = |number: f64| number.to_string();
    vec![
        Column::words("method", rows, |cell| cell.label.clone()),
        numbers("target", rows, whole, |cell| cell.target.unwrap_or(f64::NAN)),
        numbers("phase", rows, whole, |cell| f64::from(cell.conditions.task_index)),
        Column::words("measured", rows, measured),
        numbers("n", rows, whole, |cell| cell.n as f64),
        accuracies(rows),
        numbers("activity, %", rows, format::percent, |cell| cell.activity),
        numbers("unit FLOPs, %", rows, format::percent, |cell| cell.unit_flops_share),
        numbers("still open, %", rows, format::percent, |cell| cell.still_open),
    ]
}

fn measured(cell: &Cell) -> String {
    match (cell.conditions.steps, cell.conditions.stage) {
        (Some(1), _) => "after 1 step".to_owned(),
        (Some(steps), _) => format!("after {steps} steps"),
        (None, Stage::Training) => "before".to_owned(),
        (None, Stage::Recovery) => "at the end".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use swanbench_spec::Conditions;

    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn a_change_is_followed_step_by_step() {
        let at = |stage, steps, accuracy| Cell {
            conditions: Conditions { steps, ..Conditions::headline(2, stage) },
            still_open: 0.625,
            ..cell("gated", Some(0.1), 0.125, accuracy)
        };
        let mut data = evidence(vec![cell("gated", Some(0.1), 0.125, 0.9)]);
        data.changes = vec![
            at(Stage::Training, None, 0.25),
            at(Stage::Recovery, Some(10), 0.5),
            at(Stage::Recovery, None, 0.875),
        ];
        let columns = columns(&data);
        let line = |row: usize| {
            let cells = columns.iter().map(|column| column.entries[row].text.as_str());
            cells.collect::<Vec<_>>().join(" | ")
        };
        assert_eq!(
            (0..3).map(line).collect::<Vec<_>>(),
            [
                "gated | 0.1 | 2 | before | 3 | 25.00 ± 1.00 | 12.5 | 12.5 | 62.5",
                "gated | 0.1 | 2 | after 10 steps | 3 | 50.00 ± 1.00 | 12.5 | 12.5 | 62.5",
                "gated | 0.1 | 2 | at the end | 3 | 87.50 ± 1.00 | 12.5 | 12.5 | 62.5",
            ]
        );
    }
}
