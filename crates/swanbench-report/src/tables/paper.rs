//! What a paper reports, with our own numbers in the next column.

use swanbench_results::published::Comparison;
use swanbench_spec::Metric;

use crate::{
    format,
    tables::table::{Alignment, Column, Entry},
};

/// The columns, what was measured first.
pub(crate) fn columns(all: &[Comparison]) -> Vec<Column> {
    let words = |title: &str, text: &dyn Fn(&Comparison) -> String| Column {
        title: title.to_owned(),
        alignment: Alignment::Left,
        entries: all.iter().map(|one| Entry::word(text(one))).collect(),
    };
    vec![
        words("what", &|one| one.published.what.clone()),
        words("paper", &|one| one.published.paper.clone()),
        words("ours", &|one| ours(one).unwrap_or_else(|| "not run".to_owned())),
        words("n", &|one| one.ours.map_or_else(String::new, |ours| ours.n.to_string())),
        words("difference of settings, or why it was not run", &|one| {
            one.published.reason.clone().unwrap_or_default()
        }),
    ]
}

fn ours(one: &Comparison) -> Option<String> {
    let summary = one.ours?;
    let shown = |value: f64| match one.published.metric {
        metric if metric.is_share() => format::percent(value),
        Metric::TrainFlops => format!("{value:.2e}"),
        _ => format!("{value:.3}"),
    };
    let mean = shown(summary.mean);
    let unit = if one.published.metric.is_share() { "%" } else { "" };
    Some(match summary.half_width {
        Some(half_width) => format!("{mean} ± {}{unit}", shown(half_width)),
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
            reason: Some("no GPU".to_owned()),
            ..Published::default()
        };
        let ours = Some(Summary::of(&[0.25, 0.25]));
        let missing = Comparison { published: published.clone(), ours: None };
        let all = [missing, Comparison { published, ours }];
        let texts: Vec<Vec<String>> = columns(&all)
            .into_iter()
            .map(|column| column.entries.into_iter().map(|entry| entry.text).collect())
            .collect();
        assert_eq!(texts[2], ["not run", "25.0 ± 0.000%"]);
        assert_eq!(texts[4], ["no GPU", "no GPU"]);
    }
}
