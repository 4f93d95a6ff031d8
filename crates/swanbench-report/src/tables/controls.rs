//! The accuracy of a trained network when its gates are not its own, or open at another threshold:
//! `controls.md`.

use swanbench_results::Cell;

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
        "Own: the gates that belong to the example, at the threshold of training. Frozen: in every \
         site the units that are open most often, the same for all examples. Shuffled: the gates of \
         another example. Random: drawn for every example with the mean activity of the site. Above \
         a number: own gates, open where their probability exceeds it, without training again. \
         Accuracies: {ACCURACY}. Frozen and random gates cost nothing to decide."
    )
}

/// Returns a row for each operating point that was measured with other gates, and one below it for
/// each of those; no rows if there are none.
pub(crate) fn columns(data: &ReportData) -> Vec<Column> {
    let with_others = |own| {
        let others: Vec<_> = data.others.iter().filter(|other| other.is_of(own)).collect();
        let own = (!others.is_empty()).then_some(own);
        own.into_iter().chain(others)
    };
    let rows: Vec<&Cell> = data.headline.iter().flat_map(with_others).collect();
    let whole = |number: f64| number.to_string();
    vec![
        Column::words("method", &rows, |cell| cell.label.clone()),
        numbers("target", &rows, whole, |cell| cell.target.unwrap_or(f64::NAN)),
        Column::words("gates", &rows, |cell| gates(cell)),
        numbers("n", &rows, whole, |cell| cell.n as f64),
        accuracies(&rows),
        numbers("activity, %", &rows, format::percent, |cell| cell.activity),
        numbers("unit FLOPs, %", &rows, format::percent, |cell| cell.unit_flops_share),
    ]
}

fn gates(cell: &Cell) -> String {
    match (cell.conditions.control, cell.conditions.threshold) {
        (Some(control), _) => control.to_string(),
        (None, Some(threshold)) => format!("above {threshold}"),
        (None, None) => "own".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use swanbench_spec::{Conditions, Control};

    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn other_gates_stand_below_their_operating_point() {
        let mut data = evidence(vec![
            cell("whole", None, 1.0, 0.95),
            cell("gated", Some(0.5), 0.5, 0.94),
            cell("gated", Some(0.1), 0.125, 0.875),
        ]);
        let own = data.headline[1].conditions;
        let shuffled = Cell {
            conditions: Conditions { control: Some(Control::Shuffled), ..own },
            ..cell("gated", Some(0.5), 0.5, 0.25)
        };
        let wider = Cell {
            conditions: Conditions { threshold: Some(0.3), ..own },
            ..cell("gated", Some(0.5), 0.75, 0.9425)
        };
        data.others = vec![shuffled, wider];
        let columns = columns(&data);
        let lines: Vec<String> = (0..columns[0].entries.len())
            .map(|row| {
                let cells = columns.iter().map(|column| column.entries[row].text.as_str());
                cells.collect::<Vec<_>>().join(" | ")
            })
            .collect();
        assert_eq!(
            lines,
            [
                "gated | 0.5 | own | 3 | 94.00 ± 1.00 | 50.0 | 50.0",
                "gated | 0.5 | shuffled | 3 | 25.00 ± 1.00 | 50.0 | 50.0",
                "gated | 0.5 | above 0.3 | 3 | 94.25 ± 1.00 | 75.0 | 75.0",
            ]
        );
    }
}
