//! What a paper reports, with our own numbers in the next column.

use swanbench_results::published::{Comparison, Verdict};
use swanbench_spec::Metric;

use crate::{
    format,
    tables::{
        column::{Column, height},
        latex,
    },
};

/// Returns the columns, what was measured first.
pub(crate) fn columns(all: &[Comparison]) -> Vec<Column> {
    vec![
        Column::words("what", all, |one| one.published.what.clone()),
        Column::words("paper", all, |one| one.published.paper.clone()),
        Column::words("ours", all, |one| ours(one).unwrap_or_else(|| "not run".to_owned())),
        Column::words("n", all, |one| one.ours.map_or(String::new(), |ours| ours.n.to_string())),
        Column::words("beyond it", all, |one| difference(one).unwrap_or_default()),
        Column::words("verdict", all, |one| verdict(one).to_owned()),
        Column::words("what differs, or why it was not run", all, |one| {
            one.published.reason.clone().unwrap_or_default()
        }),
    ]
}

/// Returns the table in LaTeX.
pub(crate) fn latex(label: &str, caption: &str, columns: &[Column]) -> String {
    let rows = (0..height(columns)).collect();
    latex::table(label, caption, columns, &[rows])
}

fn verdict(one: &Comparison) -> &'static str {
    match one.verdict() {
        Some(Verdict::Agrees) => "agrees",
        Some(Verdict::Disagrees) => "disagrees",
        None if one.ours.is_none() && one.published.label.is_some() => "not trained yet",
        None if one.ours.is_none() => "could not be run here",
        None => "",
    }
}

/// Shows how far ours lies beyond what the paper says, in points if it is a share.
fn difference(one: &Comparison) -> Option<String> {
    let by = one.difference().filter(|by| *by != 0.0)?;
    let sign = if by < 0.0 { "−" } else { "+" };
    Some(format!("{sign}{}", shown(one, by.abs())))
}

fn shown(one: &Comparison, value: f64) -> String {
    match one.published.metric {
        metric if metric.is_share() => format::percent(value),
        Metric::TrainFlops => format!("{value:.2e}"),
        _ => format!("{value:.3}"),
    }
}

fn ours(one: &Comparison) -> Option<String> {
    let summary = one.ours?;
    let mean = shown(one, summary.mean);
    let unit = if one.published.metric.is_share() { "%" } else { "" };
    Some(match summary.half_width {
        Some(half_width) => format!("{mean} ± {}{unit}", shown(one, half_width)),
        None => format!("{mean}{unit}"),
    })
}

#[cfg(test)]
mod tests {
    use swanbench_results::statistics::Summary;
    use swanbench_spec::Published;

    use super::*;

    #[test]
    fn a_number_without_ours_says_why() {
        let published = Published {
            what: "a large net".to_owned(),
            paper: "16.1%".to_owned(),
            at_most: Some(0.2),
            reason: Some("no GPU".to_owned()),
            ..Published::default()
        };
        let ours = Some(Summary::of(&[0.25, 0.25]));
        let all = [
            Comparison { published: published.clone(), ours: None },
            Comparison { published, ours },
        ];
        let texts: Vec<Vec<String>> = columns(&all)
            .into_iter()
            .map(|column| column.entries.into_iter().map(|entry| entry.text).collect())
            .collect();
        assert_eq!(texts[2], ["not run", "25.0 ± 0.000%"]);
        assert_eq!(texts[4], ["", "+5.00"]);
        assert_eq!(texts[5], ["could not be run here", "disagrees"]);
        assert_eq!(texts[6], ["no GPU", "no GPU"]);
    }
}
