//! The table of methods to read.

use swanbench_results::comparison::{Interval, LabelSummary, MATCHED_COSTS, Pair};

use crate::{
    format,
    tables::{column::Column, markdown},
};

/// More labels than these make no table of pairs that can be read.
const MOST_LABELS: usize = 12;

/// Returns the columns for the summaries, the label first, without those that are empty.
pub(crate) fn columns(summaries: &[LabelSummary], reference: &str) -> Vec<Column> {
    let numbers = |title: String, value: &dyn Fn(&LabelSummary) -> Option<Interval>| {
        let number = |interval: Interval| (text(interval), interval.mean);
        Column::numbers(title, summaries, |summary| value(summary).map(number))
    };
    let near = format!("FLOPs within 1 point of {reference}, %");
    let mut all = vec![
        Column::words("method", summaries, |summary| summary.label.clone()),
        Column::numbers("n", summaries, |one| Some((one.n.to_string(), one.n as f64))),
    ];
    all.extend(MATCHED_COSTS.iter().enumerate().map(|(index, cost)| {
        let title = format!("accuracy at {}% of FLOPs, %", format::tick(100.0 * cost));
        numbers(title, &|summary| summary.accuracy_at[index])
    }));
    all.push(numbers(near, &|summary| summary.near_reference_at));
    all.push(numbers("hypervolume, %".to_owned(), &|summary| Some(summary.hypervolume)));
    all.into_iter().filter(Column::has_text).collect()
}

fn text(Interval { mean, bounds }: Interval) -> String {
    let mean = format::percent(mean);
    bounds.map_or(mean.clone(), |(low, high)| {
        format!("{mean} [{}, {}]", format::percent(low), format::percent(high))
    })
}

/// The meaning of the columns.
pub(crate) const MEANING: &str = "Accuracies: test accuracy at equal unit FLOPs, read seed by seed \
    between a method's operating points (linear in the logarithm of the FLOPs), with the 95% \
    interval of the mean over seeds (Student's t); empty where not every seed was measured on both \
    sides. FLOPs within 1 point: the least unit FLOPs from which the mean accuracy is within a \
    point of the reference's, by the same interpolation. Hypervolume: the share of the rectangle \
    of all costs up to the dense model's and accuracies from chance up that the operating points \
    dominate. Intervals of the last two by bootstrap over seeds, which is too narrow for a few.";

/// Returns `methods.md`: the table, and if there are not too many, how probable it is that the
/// label of a row is better than that of a column.
pub(crate) fn page(columns: &[Column], pairs: &[Pair]) -> String {
    let mut page = format!("{}\n{MEANING}\n", markdown::table(columns));
    let labels: Vec<&str> = columns[0].entries.iter().map(|entry| entry.text.as_str()).collect();
    if labels.len() <= MOST_LABELS && pairs.iter().any(|pair| pair.probability.is_some()) {
        page.extend(["\n", &matrix(&labels, pairs), "\n", MATRIX_MEANING, "\n"]);
    }
    page
}

const MATRIX_MEANING: &str = "The probability, in percent, that the method of the row is more \
    accurate than that of the column at equal unit FLOPs, over the FLOPs that both were measured \
    at, given the paired seeds (Student's t); empty where they have no FLOPs in common. \
    `pairs.csv` has the differences, their intervals, and how many more seeds would decide.";

fn matrix(labels: &[&str], pairs: &[Pair]) -> String {
    let probability = |row: &str, column: &str| {
        let one = pairs.iter().find(|pair| pair.label == row && pair.other == column);
        let other = pairs.iter().find(|pair| pair.label == column && pair.other == row);
        one.and_then(|pair| pair.probability)
            .or_else(|| other.and_then(|pair| pair.probability).map(|p| 1.0 - p))
    };
    let head: Vec<String> = labels.iter().map(|label| markdown::escape(label)).collect();
    let rule = " ---: |".repeat(labels.len());
    let line = |row: &&str| {
        let cell = |column: &&str| {
            probability(row, column).map(|p| format!("{:.0}", 100.0 * p)).unwrap_or_default()
        };
        let cells: Vec<String> = labels.iter().map(cell).collect();
        format!("| {} | {} |\n", markdown::escape(row), cells.join(" | "))
    };
    let lines: Vec<String> = labels.iter().map(line).collect();
    format!("| better than | {} |\n| --- |{rule}\n{}", head.join(" | "), lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(label: &str) -> LabelSummary {
        let at = Interval { mean: 0.91, bounds: Some((0.9, 0.92)) };
        LabelSummary {
            label: label.to_owned(),
            n: 3,
            accuracy_at: [None, Some(at), None, None, None],
            near_reference_at: None,
            hypervolume: Interval { mean: 0.8, bounds: None },
        }
    }

    fn pair(probability: f64) -> Pair {
        Pair {
            label: "a".to_owned(),
            other: "b".to_owned(),
            n: 3,
            costs: (0.1, 0.5),
            difference: 0.01,
            interval: None,
            probability: Some(probability),
            more_seeds: Some(0),
        }
    }

    #[test]
    fn a_method_is_a_row_without_empty_columns() {
        let columns = columns(&[summary("a"), summary("b")], "whole");
        let page = page(&columns, &[pair(0.9)]);
        let head = "| method | n | accuracy at 5% of FLOPs, % | hypervolume, % |";
        assert!(page.starts_with(head), "{page}");
        assert!(page.contains("| a | 3 | 91.0 [90.0, 92.0] | 80.0 |"), "{page}");
    }

    #[test]
    fn what_a_row_has_the_column_has_not() {
        let columns = columns(&[summary("a"), summary("b")], "whole");
        let page = page(&columns, &[pair(0.9)]);
        assert!(page.contains("| a |  | 90 |") && page.contains("| b | 10 |  |"), "{page}");
        let many: Vec<_> = (0..13).map(|index| summary(&index.to_string())).collect();
        let page = super::page(&super::columns(&many, "whole"), &[pair(0.9)]);
        assert!(!page.contains("better than"), "{page}");
    }
}
