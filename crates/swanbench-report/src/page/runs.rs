//! The runs one by one, and those that failed.

use super::{
    escape::{escape, segment},
    table::table,
};
use crate::{
    data::{report_data::ReportData, run_list::Run},
    format,
    tables::table::{Alignment, Column, Entry, points},
};

/// More rows than this would make the page slow, and nobody reads them one by one.
const MOST: usize = 500;

/// Where the results of the experiment lie, seen from the page.
fn results(evidence: &ReportData) -> String {
    format!("../../results/{}", segment(&evidence.experiment))
}

/// A row for each of the first [`MOST`] runs, with a link to what it was asked for.
pub(super) fn list(evidence: &ReportData, runs: &[Run]) -> String {
    let results = results(evidence);
    let shown = &runs[..runs.len().min(MOST)];
    let left_out = runs.len() - shown.len();
    let note = if left_out > 0 {
        format!(
            "<p>The first {MOST} of {}; the other {left_out} stand in \
             <a href=\"{results}/runs.parquet\"><code>runs.parquet</code></a> with the rest of \
             what was measured.</p>\n",
            format::count(runs.len(), "run")
        )
    } else {
        format!(
            "<p>All of what was measured stands in \
             <a href=\"{results}/runs.parquet\"><code>runs.parquet</code></a>.</p>\n"
        )
    };
    format!(
        "<section aria-labelledby=\"runs\">\n<h2 id=\"runs\">Runs</h2>\n{note}{}</section>\n",
        table("runs", &columns(&results, shown))
    )
}

fn columns(results: &str, runs: &[Run]) -> Vec<Column> {
    let words = |title: &str, entry: &dyn Fn(&Run) -> Entry| Column {
        title: title.to_owned(),
        alignment: Alignment::Left,
        entries: runs.iter().map(entry).collect(),
    };
    let numbers = |title: &str, value: fn(&Run) -> Option<f64>, text: fn(f64) -> String| Column {
        alignment: Alignment::Right,
        ..words(title, &|run| match value(run) {
            Some(value) => Entry::number(text(value), value),
            None => Entry::word(String::new()),
        })
    };
    let state = |run: &Run| Entry::word(if run.done { "done" } else { "failed" }.to_owned());
    vec![
        words("run", &|run| Entry {
            link: Some(format!("{results}/{}/run.json", folder(run))),
            ..Entry::word(run.id.clone())
        }),
        words("method", &|run| Entry::word(run.label.clone())),
        numbers("target", |run| run.target, |target| target.to_string()),
        numbers("seed", |run| Some(run.seed as f64), |seed| seed.to_string()),
        words("state", &state),
        numbers("test accuracy, %", |run| run.test_accuracy, points),
        numbers("seconds", |run| run.seconds, |seconds| format!("{seconds:.1}")),
        words("device", &|run| Entry::word(run.device.clone())),
    ]
}

/// The folder of a run in those of the store; failed ones have their own.
fn folder(run: &Run) -> String {
    let suffix = if run.done { "" } else { ".failed" };
    format!("{}{suffix}", segment(&run.id))
}

/// Which runs failed, and why; nothing where all went well.
pub(super) fn failures(evidence: &ReportData) -> String {
    let all = &evidence.failures;
    if all.is_empty() {
        return String::new();
    }
    let item = |failure: &String| format!("<li>{}</li>\n", escape(failure));
    let items: String = all.iter().take(MOST).map(item).collect();
    let left_out = all.len().saturating_sub(MOST);
    let more = if left_out > 0 {
        format!("<p>And {left_out} more: see <code>runs.parquet</code>.</p>\n")
    } else {
        String::new()
    };
    format!(
        "<section aria-labelledby=\"failures\">\n<h2 id=\"failures\">Failures</h2>\n\
         <p>{} failed, left out of the pictures and of the table above.</p>\n\
         <ul class=\"failures\">\n{items}</ul>\n{more}</section>\n",
        format::count(all.len(), "run")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    fn run(index: usize, done: bool) -> Run {
        Run {
            id: format!("{index:016x}"),
            label: "gated <b>".to_owned(),
            target: Some(0.5),
            seed: 3,
            done,
            test_accuracy: done.then_some(0.912_34),
            seconds: Some(12.34),
            device: "cpu".to_owned(),
        }
    }

    #[test]
    fn a_run_links_to_what_it_was_asked_for() {
        let page = list(&evidence(vec![cell("a", None, 1.0, 0.9)]), &[run(1, true), run(2, false)]);
        for expected in [
            "<a href=\"../../results/trial/0000000000000001/run.json\">0000000000000001</a>",
            "<a href=\"../../results/trial/0000000000000002.failed/run.json\">",
            "<td>gated &lt;b&gt;</td>",
            "<td class=\"number\" data-value=\"0.91234\">91.23</td>",
            "<td>failed</td><td class=\"number\"></td><td class=\"number\" data-value=\"12.34\">",
        ] {
            assert!(page.contains(expected), "no `{expected}` in {page}");
        }
    }

    #[test]
    fn ten_thousand_runs_do_not_make_the_page_heavy() {
        let runs: Vec<_> = (0..10_000).map(|index| run(index, true)).collect();
        let page = list(&evidence(vec![cell("a", None, 1.0, 0.9)]), &runs);
        assert!(page.contains("The first 500 of 10000 runs; the other 9500 stand in"));
        assert_eq!(page.matches("run.json").count(), 500);
        assert!(page.len() < 300_000, "{}", page.len());
    }

    #[test]
    fn a_failure_is_named_with_its_reason() {
        let mut evidence = evidence(vec![cell("a", None, 1.0, 0.9)]);
        assert_eq!(failures(&evidence), "");
        evidence.failures = vec!["gated, seed 1: loss > 1e9".to_owned()];
        let page = failures(&evidence);
        assert!(page.contains("1 run failed") && page.contains("<li>gated, seed 1: loss &gt; 1e9"));
    }
}
