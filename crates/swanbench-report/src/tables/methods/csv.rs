//! The tables of methods to compute with.

use polars::prelude::{Column, CsvWriter, DataFrame, SerWriter as _};
use swanbench_results::comparison::{Interval, LabelSummary, MATCHED_COSTS, Pair};

use crate::Error;

/// A row per label; accuracies and shares in `[0, 1]`, each with the bounds of its interval.
///
/// # Errors
/// [`Error::Frame`] where polars refuses.
pub(crate) fn labels(summaries: &[LabelSummary]) -> Result<Vec<u8>, Error> {
    let mut columns = vec![
        texts("label", summaries.iter().map(|summary| summary.label.clone())),
        counts("n", summaries.iter().map(|summary| Some(summary.n))),
    ];
    let mut add = |name: &str, value: &dyn Fn(&LabelSummary) -> Option<Interval>| {
        let all: Vec<Option<Interval>> = summaries.iter().map(value).collect();
        let bounds = || all.iter().map(|interval| interval.and_then(|interval| interval.bounds));
        columns.push(numbers(name, all.iter().map(|interval| interval.map(|one| one.mean))));
        columns.push(numbers(&format!("{name}_low"), bounds().map(|one| one.map(|one| one.0))));
        columns.push(numbers(&format!("{name}_high"), bounds().map(|one| one.map(|one| one.1))));
    };
    for (index, cost) in MATCHED_COSTS.iter().enumerate() {
        add(&format!("test_accuracy_at_{cost}"), &|summary| summary.accuracy_at[index]);
    }
    add("unit_flops_share_within_a_point", &|summary| summary.near_reference_at);
    add("hypervolume", &|summary| Some(summary.hypervolume));
    written(columns, summaries.len())
}

/// A row per two labels with costs in common.
///
/// # Errors
/// [`Error::Frame`] where polars refuses.
pub(crate) fn pairs(pairs: &[Pair]) -> Result<Vec<u8>, Error> {
    let number = |name, value: fn(&Pair) -> Option<f64>| numbers(name, pairs.iter().map(value));
    let columns = vec![
        texts("label", pairs.iter().map(|pair| pair.label.clone())),
        texts("other", pairs.iter().map(|pair| pair.other.clone())),
        counts("n", pairs.iter().map(|pair| Some(pair.n))),
        number("unit_flops_share_from", |pair| Some(pair.costs.0)),
        number("unit_flops_share_to", |pair| Some(pair.costs.1)),
        number("test_accuracy_difference", |pair| Some(pair.difference)),
        number("test_accuracy_difference_low", |pair| pair.interval.map(|one| one.0)),
        number("test_accuracy_difference_high", |pair| pair.interval.map(|one| one.1)),
        number("probability_better", |pair| pair.probability),
        counts("more_seeds_to_decide", pairs.iter().map(|pair| pair.more_seeds)),
    ];
    written(columns, pairs.len())
}

fn texts(name: &str, values: impl Iterator<Item = String>) -> Column {
    Column::new(name.into(), values.collect::<Vec<_>>())
}

fn numbers(name: &str, values: impl Iterator<Item = Option<f64>>) -> Column {
    Column::new(name.into(), values.collect::<Vec<_>>())
}

fn counts(name: &str, values: impl Iterator<Item = Option<usize>>) -> Column {
    Column::new(name.into(), values.map(|value| value.map(|one| one as u64)).collect::<Vec<_>>())
}

fn written(columns: Vec<Column>, rows: usize) -> Result<Vec<u8>, Error> {
    let mut frame = DataFrame::new(rows, columns)?;
    let mut content = Vec::new();
    CsvWriter::new(&mut content).finish(&mut frame)?;
    Ok(content)
}
