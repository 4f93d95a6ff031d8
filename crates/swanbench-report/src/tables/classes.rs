//! Which examples the networks classify right, by class and by difficulty: `classes.md`.

use std::collections::BTreeMap;

use swanbench_results::{GroupBy, GroupRow};

use crate::{
    data::{
        example_accuracy::{Group, GroupAccuracies, MOST_CLASSES},
        report_data::ReportData,
    },
    format,
    tables::column::Column,
};

/// Returns the meaning of the rows and columns.
pub(crate) fn meaning(data: &ReportData) -> String {
    let (task, seeds) = (data.task_index, format::seeds(data.seeds()));
    let tenths = if data.reference().is_some() {
        "Tenth N: a tenth of all test examples by the loss of the dense network of the same seed, the \
         easiest first. On those that the dense network gets wrong, worse networks can be more \
         accurate. "
    } else {
        "By difficulty there is nothing, since no dense network says which examples are hard. "
    };
    format!(
        "Test accuracy in percent{}{}, mean of {seeds}, with hard gates. Class N: test examples of that \
         class. {tenths}`adaptivity.parquet` has each seed and target.",
        format::at_target(data.middle_target()),
        if task > 1 { format!(", phase {task}") } else { String::new() },
    )
}

/// Returns a row for each class and each tenth, with a column for each label at the middle target, or
/// without one; no rows if no run has accuracies of groups, and no classes where there are many.
pub(crate) fn columns(data: &ReportData, groups: &[GroupRow]) -> Vec<Column> {
    let labels = GroupAccuracies::all(data, groups);
    let known = groups.iter().map(|group| &group.row).filter(|row| row.accuracy.is_some());
    let counts: BTreeMap<Group, u64> =
        known.map(|row| ((row.by, row.index), row.examples)).collect();
    let of = |by: GroupBy| counts.iter().filter(move |((own, _), _)| *own == by);
    let classes = of(GroupBy::Class).filter(|_| of(GroupBy::Class).count() <= MOST_CLASSES);
    let rows: Vec<(Group, u64)> =
        classes.chain(of(GroupBy::Difficulty)).map(|(group, count)| (*group, *count)).collect();
    let of_label = |one: &GroupAccuracies| {
        Column::numbers(one.label.as_str(), &rows, |(group, _)| {
            let mean = one.mean(*group)?;
            Some((format!("{:.1}", 100.0 * mean), mean))
        })
    };
    let groups = Column::words("examples", &rows, |(group, _)| name(*group));
    let counts =
        Column::numbers("number", &rows, |(_, count)| Some((count.to_string(), *count as f64)));
    [groups, counts].into_iter().chain(labels.iter().map(of_label)).collect()
}

fn name((by, index): Group) -> String {
    match by {
        GroupBy::Class => format!("class {index}"),
        GroupBy::Difficulty => format!("tenth {}", index + 1),
        GroupBy::Quantile => format!("{index}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{
        example_accuracy::samples::row,
        report_data::samples::{cell, evidence},
    };

    #[test]
    fn labels_stand_side_by_side_at_the_middle_target() {
        let (class, tenth) = ((GroupBy::Class, 3), (GroupBy::Difficulty, 9));
        let groups = [
            row("whole", None, 0, class, Some(0.9)),
            row("gated", Some(0.1), 0, class, Some(0.75)),
            row("gated", Some(0.1), 1, class, Some(0.5)),
            row("gated", Some(0.1), 0, tenth, Some(0.25)),
            row("gated", Some(0.1), 0, (GroupBy::Quantile, 50), None),
            row("gated", Some(0.02), 0, class, Some(0.0)),
        ];
        let cells =
            [("whole", None), ("gated", Some(0.5)), ("gated", Some(0.1)), ("gated", Some(0.02))];
        let cells = cells.map(|(label, target)| cell(label, target, 0.5, 0.5));
        let columns = columns(&evidence(cells.into()), &groups);
        let line = |row: usize| {
            let cells = columns.iter().map(|column| column.entries[row].text.as_str());
            cells.collect::<Vec<_>>().join(" | ")
        };
        assert_eq!(columns[3].title, "gated");
        assert_eq!(columns[0].entries.len(), 2);
        assert_eq!([line(0), line(1)], ["class 3 | 40 | 90.0 | 62.5", "tenth 10 | 40 |  | 25.0"]);
    }
}
