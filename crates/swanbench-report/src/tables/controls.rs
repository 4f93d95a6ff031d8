//! What becomes of a trained network when its gates are not its own, or open at another threshold:
//! `controls.md`.

use swanbench_results::Cell;

use crate::{
    data::report_data::ReportData,
    format,
    tables::table::{Alignment, Column, Entry, accuracy_text},
};

/// What stands in the rows.
pub(crate) const MEANING: &str = "Own: the gates that belong to the example, at the threshold of \
    training. Frozen: in every site the units that are open most often, the same for all examples. \
    Shuffled: the gates of another example. Random: drawn anew for every example with the mean \
    activity of the site. Above a number: own gates, open where their probability exceeds it, without \
    training again. Accuracies: mean over seeds ± half the width of the 95% interval (Student's t). \
    Frozen and random gates cost nothing to decide.";

/// A row for each operating point that was measured with other gates, and one for each of those
/// below it. No rows where there are none.
pub(crate) fn columns(evidence: &ReportData) -> Vec<Column> {
    let rows: Vec<&Cell> = evidence
        .headline
        .iter()
        .flat_map(|own| {
            let others: Vec<_> = evidence.others.iter().filter(|other| other.is_of(own)).collect();
            let own = (!others.is_empty()).then_some(own);
            own.into_iter().chain(others)
        })
        .collect();
    let words = |title: &str, text: &dyn Fn(&Cell) -> String| Column {
        title: title.to_owned(),
        alignment: Alignment::Left,
        entries: rows.iter().map(|cell| Entry::word(text(cell))).collect(),
    };
    let numbers = |title: &str, text: &dyn Fn(f64) -> String, value: &dyn Fn(&Cell) -> f64| {
        let entry = |cell: &&Cell| match value(cell) {
            value if value.is_finite() => Entry::number(text(value), value),
            _ => Entry::word(String::new()),
        };
        Column {
            title: title.to_owned(),
            alignment: Alignment::Right,
            entries: rows.iter().map(entry).collect(),
        }
    };
    let accuracies = rows.iter().map(|cell| match cell.test_accuracy {
        mean if mean.is_finite() => Entry::number(accuracy_text(mean, cell.half_width()), mean),
        _ => Entry::word(String::new()),
    });
    vec![
        words("method", &|cell| cell.label.clone()),
        numbers("target", &|target| target.to_string(), &|cell| cell.target.unwrap_or(f64::NAN)),
        words("gates", &gates),
        numbers("n", &|n| n.to_string(), &|cell| cell.n as f64),
        Column {
            title: "test accuracy, %".to_owned(),
            alignment: Alignment::Right,
            entries: accuracies.collect(),
        },
        numbers("activity, %", &format::percent, &|cell| cell.activity),
        numbers("unit FLOPs, %", &format::percent, &|cell| cell.unit_flops_share),
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
    fn other_gates_stand_below_the_operating_point_that_they_belong_to() {
        let mut evidence = evidence(vec![
            cell("whole", None, 1.0, 0.95),
            cell("gated", Some(0.5), 0.5, 0.94),
            cell("gated", Some(0.1), 0.125, 0.875),
        ]);
        let own = evidence.headline[1].conditions;
        let shuffled = Cell {
            conditions: Conditions { control: Some(Control::Shuffled), ..own },
            ..cell("gated", Some(0.5), 0.5, 0.25)
        };
        let wider = Cell {
            conditions: Conditions { threshold: Some(0.3), ..own },
            ..cell("gated", Some(0.5), 0.75, 0.9425)
        };
        evidence.others = vec![shuffled, wider];
        let columns = columns(&evidence);
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
