//! The tables of methods to compute with.

use swanbench_results::comparison::{Interval, LabelSummary, MATCHED_COSTS, Pair};

use crate::tables::csv::{counts, file, numbers, texts};

/// Writes a row per label; accuracies and shares in `[0, 1]`, each with the bounds of its interval.
pub(crate) fn labels(summaries: &[LabelSummary]) -> Vec<u8> {
    let mut columns = vec![
        texts("label", summaries.iter().map(|summary| summary.label.as_str())),
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
    file(&columns, summaries.len())
}

/// Writes a row per two labels with costs in common.
pub(crate) fn pairs(pairs: &[Pair]) -> Vec<u8> {
    let number = |name, value: fn(&Pair) -> Option<f64>| numbers(name, pairs.iter().map(value));
    let columns = vec![
        texts("label", pairs.iter().map(|pair| pair.label.as_str())),
        texts("other", pairs.iter().map(|pair| pair.other.as_str())),
        counts("n", pairs.iter().map(|pair| Some(pair.n))),
        number("unit_flops_share_from", |pair| Some(pair.costs.0)),
        number("unit_flops_share_to", |pair| Some(pair.costs.1)),
        number("test_accuracy_difference", |pair| Some(pair.difference)),
        number("test_accuracy_difference_low", |pair| pair.interval.map(|one| one.0)),
        number("test_accuracy_difference_high", |pair| pair.interval.map(|one| one.1)),
        number("probability_better", |pair| pair.probability),
        counts("more_seeds_to_decide", pairs.iter().map(|pair| pair.more_seeds)),
    ];
    file(&columns, pairs.len())
}
